import { type NpyArray } from "./npy.ts";
/**
 * Reads the arrays of real numbers; cells, structures, text, sparse and complex arrays are left out.
 *
 * MATLAB stores columns first. The data are given as they lie, and **the shape is MATLAB's size reversed**, so that they are
 * row-major: what MATLAB calls `[height, width, channels, n]` is `[n, channels, width, height]` here.
 * @param options.maxBytes refuse files that unpack to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged, too large, big-endian or of another level (7.3 is HDF5)
 */
export declare function decodeMat(bytes: Uint8Array, options?: {
    maxBytes?: number;
}): Record<string, NpyArray>;
//# sourceMappingURL=mat.d.ts.map