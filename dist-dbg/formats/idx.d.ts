import { type NpyArray } from "./npy.ts";
/**
 * Reads one array, plain or gzipped. The data are a copy.
 * @param options.maxBytes refuse a gzipped file that unpacks to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged or cut off
 */
export declare function decodeIdx(bytes: Uint8Array, options?: {
    maxBytes?: number;
}): NpyArray;
//# sourceMappingURL=idx.d.ts.map