// What training shares with the workers: parameters and momentum, the gradients of parts of a batch, and the batch.

import { PublishedVersion } from "../engine/training/publishedVersion.ts";
import type { SharedArrays, SharedTraining } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
import { sharedMemory } from "../sharedMemory.ts";
import { sizeOf } from "../tensor/size.ts";
import { GRADIENT, STATISTIC } from "./programs.ts";

/** Numbers the versions of all trainers: workers copy parameters whose version they do not have. */
let versions = 0;

/** Arrays begin at whole cache lines. */
const LINE = 16;

/** Positions for arrays one after another, from `start`, and where the last one ends. */
function layOut(sizes: readonly (readonly [string, number])[], start: number = 0): [Record<string, number>, number] {
  let end = start;
  const offsets = Object.fromEntries(
    sizes.map(([name, size]) => {
      const offset = end;
      end += Math.ceil(size / LINE) * LINE;
      return [name, offset];
    }),
  );
  return [offsets, end];
}

export class TrainingMemory {
  readonly state: SharedTraining;
  readonly #parameters: Record<string, Float32Array>;
  readonly #velocity: Record<string, Float32Array>;
  readonly #published = new PublishedVersion();
  #version = 0;
  /** Of the outputs of a train program, with their sizes. */
  readonly #offsets: SharedArrays["offsets"];
  readonly #end: number;
  readonly #totals: SharedArrays[] = [];
  readonly #left = sharedMemory(4);
  #batch = sharedMemory(0);

  constructor({ parameters, buffers }: Network) {
    const sizes = parameters.map(({ name, shape }) => [name, sizeOf(shape)] as const);
    const [offsets, length] = layOut(sizes);
    const memory = sharedMemory(8 * length);
    const view = (start: number): Record<string, Float32Array> =>
      Object.fromEntries(
        sizes.map(([name, size]) => [name, new Float32Array(memory, 4 * (start + offsets[name]), size)]),
      );
    this.state = { memory, offsets, length, published: this.#published.memory };
    this.#parameters = view(0);
    this.#velocity = view(length);
    this.changed();
    const rest = buffers.map(({ name, shape }) => [STATISTIC + name, sizeOf(shape)] as const);
    const [others, end] = layOut([["loss", 1], ...rest], length);
    const gradients = Object.entries(offsets).map(([name, offset]) => [GRADIENT + name, offset]);
    this.#offsets = { ...Object.fromEntries(gradients), ...others };
    this.#end = end;
  }

  get parameters(): Record<string, Float32Array> {
    this.settle();
    return this.#parameters;
  }

  get velocity(): Record<string, Float32Array> {
    this.settle();
    return this.#velocity;
  }

  /** Blocks until the result of the last step is written. */
  settle(): void {
    this.#published.wait(this.#version);
  }

  get version(): number {
    return this.#version;
  }

  /** The version that a step will leave. */
  next(): number {
    versions += 1;
    return versions;
  }

  /** Records that a worker has made the step to `version`, which it writes here now or soon. */
  became(version: number): void {
    this.#version = version;
  }

  /** Marks the copies of the workers as out of date: the memory was written from outside, or by a step in parts. */
  changed(version: number = this.next()): void {
    this.#version = version;
    this.#published.set(version);
  }

  /** Where the sums of the `index`-th part of a batch go. */
  totals(index: number): SharedArrays {
    this.#totals[index] ??= { memory: sharedMemory(4 * this.#end), offsets: this.#offsets };
    return this.#totals[index];
  }

  /** The number `name` or the statistics `name` in the sums of the first `parts` parts of a batch, added. */
  total(name: string, size: number, parts: number): Float32Array {
    const result = new Float32Array(size);
    for (let part = 0; part < parts; part++) {
      const addend = new Float32Array(this.totals(part).memory, 4 * this.#offsets[name], size);
      for (let i = 0; i < size; i++) result[i] += addend[i];
    }
    return result;
  }

  /** A shared integer, set to `count`. */
  countdown(count: number): SharedArrayBuffer {
    new Int32Array(this.#left)[0] = count;
    return this.#left;
  }

  /** Room for a batch, of `length` floats. */
  batch(length: number): Float32Array {
    if (this.#batch.byteLength < 4 * length) this.#batch = sharedMemory(4 * length);
    return new Float32Array(this.#batch, 0, length);
  }
}
