import type { PickleValue } from "./pickleValues.ts";
/**
 * Reads a file of `torch.save`: tensors as arrays (row-major; half precision as float32, booleans as `u1`), and the plain values,
 * NumPy arrays, lists, tuples and dicts around them, as `decodePickle` gives them.
 *
 * @param options.maxBytes refuse files that unpack to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged or too large, a storage has not the size that is said of it, a tensor
 *   reaches outside of its storage, or the pickle names anything but tensors and plain values
 */
export declare function decodePt(bytes: Uint8Array, options?: {
    maxBytes?: number;
}): PickleValue;
//# sourceMappingURL=pt.d.ts.map