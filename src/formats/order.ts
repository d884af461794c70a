// Other orders of bytes and of elements than ours (little-endian, row-major), turned into ours.

import { elements, type NpyArrays, type NpyDType } from "./npy.ts";

/** Turns the bytes of every `size`-byte element around, in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/**
 * Array elements stored by columns (the first index runs fastest), by rows.
 * @param shape as long as `data` is, e.g. `[2, 3]` for `a00 a10 a01 a11 a02 a12`
 */
export function rowMajor<D extends NpyDType>(data: NpyArrays[D], shape: readonly number[]): NpyArrays[D] {
  const strides = shape.map((_, axis) => elements(shape.slice(0, axis)));
  return strided(data, shape, strides);
}

/**
 * The elements that a view shows, by rows: element `i, j, ...` is `data[offset + i strides[0] + j strides[1] + ...]`.
 * All of them must lie within `data`.
 */
export function strided<D extends NpyDType>(
  data: NpyArrays[D],
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): NpyArrays[D] {
  const out = new (data.constructor as new (length: number) => NpyArrays[D])(elements(shape));
  const index = shape.map(() => 0);
  for (let to = 0, from = offset; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
