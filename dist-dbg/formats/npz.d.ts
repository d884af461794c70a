import { type NpyArray } from "./npy.ts";
/** Writes arrays in the order given, each as `<name>.npy`, deflated. Equal input gives equal bytes. */
export declare function encodeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array;
/**
 * Reads every array of the file, as `numpy.savez` and `savez_compressed` write it.
 * @param options.maxBytes refuse files that unpack to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged, too large, or holds anything but .npy files
 */
export declare function decodeNpz(bytes: Uint8Array, options?: {
    maxBytes?: number;
}): Record<string, NpyArray>;
//# sourceMappingURL=npz.d.ts.map