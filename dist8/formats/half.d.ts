/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. */
export declare function fromHalf(bits: Uint16Array): Float32Array;
/** bfloat16: the upper half of a float32. */
export declare function fromBfloat16(bits: Uint16Array): Float32Array;
//# sourceMappingURL=half.d.ts.map