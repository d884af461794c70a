/** The array that holds each dtype. Half floats are given as their bits. */
export interface TensorArrays {
    BOOL: Uint8Array;
    U8: Uint8Array;
    I8: Int8Array;
    U16: Uint16Array;
    I16: Int16Array;
    F16: Uint16Array;
    BF16: Uint16Array;
    U32: Uint32Array;
    I32: Int32Array;
    F32: Float32Array;
    U64: BigUint64Array;
    I64: BigInt64Array;
    F64: Float64Array;
}
export type TensorDType = keyof TensorArrays;
/** An array with its shape; `data` is row-major and as long as the product of `shape`. */
export type Tensor = {
    [D in TensorDType]: {
        readonly dtype: D;
        readonly shape: readonly number[];
        readonly data: TensorArrays[D];
    };
}[TensorDType];
/**
 * Writes tensors in the order given. Equal input gives equal bytes; the header is padded with spaces to a multiple of 8.
 * @throws RangeError where `data` is not as long as `shape` says, TypeError where it is not the array of its dtype
 */
export declare function encodeSafetensors(tensors: Readonly<Record<string, Tensor>>, metadata?: Readonly<Record<string, string>>): Uint8Array;
/**
 * Reads a safetensors file. The arrays are copies.
 * @throws DatadamError INVALID_DATA where the file breaks the format: a header length past the end, a header that is no JSON object,
 *   a name given twice, an unknown dtype, a byte range that does not fit its shape, ranges that overlap, leave holes or pass the end
 */
export declare function decodeSafetensors(bytes: Uint8Array): {
    tensors: Record<string, Tensor>;
    metadata: Record<string, string>;
};
//# sourceMappingURL=safetensors.d.ts.map