// Arrays on their way to a worker and into ONNX Runtime, neither of which takes every kind of memory.

import type { ArrayOf, DType, Feeds } from "./types.ts";

type Numbers = ArrayOf<DType>;
type AnyFeeds = Feeds<DType>;

/** Zeros. */
export function zeros(dtype: DType, length: number): Numbers {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

/**
 * Arrays as a message takes them. It copies the whole memory of an array, also where the array is a part of it: such
 * parts are cut out first. Shared memory is not copied.
 */
export function cutOut<F extends AnyFeeds>(feeds: F): F {
  return each(feeds, (data) => (isShared(data) || data.byteLength === data.buffer.byteLength ? data : data.slice()));
}

/** Arrays as ONNX Runtime takes them, which refuses shared memory: what is shared is copied. */
export function unshared<F extends AnyFeeds>(feeds: F): F {
  return each(feeds, (data) => (isShared(data) ? data.slice() : data));
}

/** Copies above this size are not kept: they would stay as long as their worker. */
const KEPT_BYTES = 2 ** 28;

/** {@link unshared}, with copies in memory that is used again. */
export class Copies {
  readonly #memories = new Map<string, ArrayBuffer>();

  /** What this gives is overwritten by the next call. */
  unshared<F extends AnyFeeds>(feeds: F): F {
    return each(feeds, (data, name) => (isShared(data) ? this.copy(name, data) : data));
  }

  /** A copy of `data`, overwritten by the next one of this name. */
  copy<T extends Numbers>(name: string, data: T): T {
    if (data.byteLength > KEPT_BYTES) return data.slice() as T;
    let memory = this.#memories.get(name);
    if (memory === undefined || memory.byteLength < data.byteLength) {
      memory = new ArrayBuffer(data.byteLength);
      this.#memories.set(name, memory);
    }
    const { length } = data;
    const copy =
      data instanceof Float64Array ? new Float64Array(memory, 0, length) : new Float32Array(memory, 0, length);
    copy.set(data);
    return copy as T;
  }
}

const LINE = 64;
/** The types of ES2023 lack it. */
const Resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

/**
 * Zeros in memory of their own, each array from a new cache line on, where vectors are read sooner. (Memory that could
 * be resized begins at a page; other memory anywhere.)
 */
export function alignedZeros(lengths: readonly number[]): Float32Array[] {
  const sizes = lengths.map((length) => Math.ceil((4 * length) / LINE) * LINE);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const memory = new Resizable(total, { maxByteLength: total });
  let end = 0;
  return lengths.map((length, i) => {
    const start = end;
    end += sizes[i];
    return new Float32Array(memory, start, length);
  });
}

/** Whether threads share the memory of an array. (Browsers need not have such memory.) */
function isShared({ buffer }: Numbers): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}

function each<F extends AnyFeeds>(feeds: F, change: (data: Numbers, name: string) => Numbers): F {
  return Object.fromEntries(Object.entries<Numbers>(feeds).map(([name, data]) => [name, change(data, name)])) as F;
}
