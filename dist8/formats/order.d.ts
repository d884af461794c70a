import { type NpyArrays, type NpyDType } from "./npy.ts";
/** Turns the bytes of every `size`-byte element around, in place. */
export declare function swapBytes(bytes: Uint8Array, size: number): void;
/**
 * Array elements stored by columns (the first index runs fastest), by rows.
 * @param shape as long as `data` is, e.g. `[2, 3]` for `a00 a10 a01 a11 a02 a12`
 */
export declare function rowMajor<D extends NpyDType>(data: NpyArrays[D], shape: readonly number[]): NpyArrays[D];
/**
 * The elements that a view shows, by rows: element `i, j, ...` is `data[offset + i strides[0] + j strides[1] + ...]`. All of them
 * must lie within `data`.
 */
export declare function strided<D extends NpyDType>(data: NpyArrays[D], shape: readonly number[], strides: readonly number[], offset?: number): NpyArrays[D];
//# sourceMappingURL=order.d.ts.map