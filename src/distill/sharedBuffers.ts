// Arrays that are used again: a batch of real images is megabytes, and new ones for every class keep the garbage collector busy.

/** Lends arrays that the engine's workers read without being sent a copy, where the platform shares memory. */
export class SharedBuffers {
  readonly #free = new Map<number, Float32Array[]>();

  /** Its content is whatever was left in it. */
  take(length: number): Float32Array {
    return this.#free.get(length)?.pop() ?? new Float32Array(memory(4 * length));
  }

  /** Only once nobody reads it any more. */
  give(buffer: Float32Array): void {
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
  }
}

function memory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}
