// Arithmetic on long vectors of float32, four at a time in WebAssembly: a loop in JavaScript takes ten times as long.
// The same bits on every machine.

import type { Descent } from "../types.ts";
import { vectorsModule } from "./vectorsModule.ts";

/** Floats of a block; three blocks stay in a core's cache. */
const BLOCK = 8192;
const BYTES = 4 * BLOCK;
/** Where the memory for `scratch` begins, after three blocks. */
const SCRATCH = 3 * BYTES;

/** The functions of vectors.wat; pointers are byte addresses. */
interface Kernels {
  /** a += b, up to the end of a. */
  add(a: number, b: number, end: number): void;
  /** v = momentum v + (share g + decay p); p -= lr v. */
  descend(
    p: number,
    v: number,
    g: number,
    end: number,
    lr: number,
    momentum: number,
    decay: number,
    share: number,
  ): void;
}

let module: WebAssembly.Module | undefined;

export class Vectors {
  /** Memory for arrays that are worked on in place. */
  readonly scratch: Float32Array<ArrayBuffer>;
  readonly #kernels: Kernels;
  readonly #blocks: readonly Float32Array[];

  /** @param size of `scratch`, in floats. */
  constructor(size: number = 0) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((SCRATCH + 4 * size) / 65536) });
    const buffer = memory.buffer as ArrayBuffer;
    module ??= new WebAssembly.Module(Uint8Array.from(atob(vectorsModule), (byte) => byte.charCodeAt(0)));
    this.#kernels = new WebAssembly.Instance(module, { engine: { memory } }).exports as unknown as Kernels;
    this.#blocks = [0, 1, 2].map((i) => new Float32Array(buffer, i * BYTES, BLOCK));
    this.scratch = new Float32Array(buffer, SCRATCH, size);
  }

  /** `target += addend`. */
  add(target: Float32Array, addend: Float32Array): void {
    const [a, b] = this.#blocks;
    for (let start = 0; start < target.length; start += BLOCK) {
      const length = load(a, target, start);
      load(b, addend, start);
      this.#kernels.add(0, BYTES, 4 * length);
      store(target, a, start, length);
    }
  }

  /**
   * For all numbers `from` to `to`: `v = momentum v + (g / count + weightDecay p); p -= lr v`, where g is the sum of
   * `gradients`, added from the first to the last.
   */
  descend(
    parameters: Float32Array,
    velocity: Float32Array,
    gradients: readonly Float32Array[],
    from: number,
    to: number,
    { lr, momentum, weightDecay, count }: Descent,
  ): void {
    const [p, v, g] = this.#blocks;
    const [first, ...rest] = gradients;
    for (let start = from; start < to; start += BLOCK) {
      const length = load(g, first, start, to);
      for (const part of rest) {
        load(p, part, start, to);
        this.#kernels.add(2 * BYTES, 0, 2 * BYTES + 4 * length);
      }
      load(p, parameters, start, to);
      load(v, velocity, start, to);
      this.#kernels.descend(0, BYTES, 2 * BYTES, 4 * length, lr, momentum, weightDecay, 1 / count);
      store(parameters, p, start, length);
      store(velocity, v, start, length);
    }
  }

  /** {@link descend} in `scratch`, where parameters, velocity and gradient begin at these floats. */
  descendInPlace(
    [parameters, velocity, gradient]: readonly [number, number, number],
    length: number,
    { lr, momentum, weightDecay, count }: Descent,
  ): void {
    const [p, v, g] = [parameters, velocity, gradient].map((start) => SCRATCH + 4 * start);
    this.#kernels.descend(p, v, g, p + 4 * length, lr, momentum, weightDecay, 1 / count);
  }
}

function load(block: Float32Array, from: Float32Array, start: number, end: number = from.length): number {
  const part = from.subarray(start, Math.min(start + BLOCK, end));
  block.set(part);
  return part.length;
}

function store(into: Float32Array, block: Float32Array, start: number, length: number): void {
  into.set(block.subarray(0, length), start);
}
