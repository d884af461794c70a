// Arrays that are used again: a batch of real images is megabytes, and new ones for every class keep the garbage
// collector busy.
import { allocate } from "../../linalg/index.ts";

/** Lends arrays that the engine's workers read without being sent a copy, where the platform shares memory. */
export class SharedBuffers {
  readonly #free = new Map<number, Float32Array[]>();

  /** Its content is whatever was left in it. */
  take(length: number): Float32Array {
    return this.#free.get(length)?.pop() ?? allocate(Float32Array, length);
  }

  /** Only once nobody reads it any more. */
  give(buffer: Float32Array): void {
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
  }
}
