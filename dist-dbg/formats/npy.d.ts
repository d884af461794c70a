/** The array that holds each dtype, named as NumPy's `dtype.str` without the byte order. */
export interface NpyArrays {
    f4: Float32Array;
    f8: Float64Array;
    i1: Int8Array;
    i2: Int16Array;
    i4: Int32Array;
    i8: BigInt64Array;
    u1: Uint8Array;
    u2: Uint16Array;
    u4: Uint32Array;
    u8: BigUint64Array;
}
export type NpyDType = keyof NpyArrays;
/** An array with its shape; `data` is row-major and as long as the product of `shape`. */
export type NpyArray = {
    [D in NpyDType]: {
        readonly dtype: D;
        readonly shape: readonly number[];
        readonly data: NpyArrays[D];
    };
}[NpyDType];
/** The constructor of each dtype's array. */
export declare const ARRAYS: Readonly<Record<NpyDType, (new (buffer: ArrayBuffer) => NpyArrays[NpyDType]) & {
    BYTES_PER_ELEMENT: number;
}>>;
/**
 * Writes one array, little-endian and row-major.
 * @throws RangeError where `data` is not as long as `shape` says, TypeError where it is not the array of its dtype
 */
export declare function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array;
/**
 * Reads one array. The data are a copy.
 * @throws DatadamError INVALID_DATA where the file is damaged, or holds what is not read here: big-endian, column-major or
 *   structured arrays, strings and Python objects
 */
export declare function decodeNpy(bytes: Uint8Array): NpyArray;
/** The number of elements of an array of this shape. */
export declare function elements(shape: readonly number[]): number;
//# sourceMappingURL=npy.d.ts.map