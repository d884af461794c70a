// Floats of 16 bits, widened to float32 without loss.
/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. */
export function fromHalf(bits) {
    return Float32Array.from(bits, (h) => {
        const [exponent, fraction] = [(h >> 10) & 31, h & 1023];
        const size = exponent === 31
            ? fraction === 0
                ? Number.POSITIVE_INFINITY
                : Number.NaN
            : exponent === 0
                ? fraction * 2 ** -24
                : (1 + fraction / 1024) * 2 ** (exponent - 15);
        return h >> 15 === 1 ? -size : size;
    });
}
/** bfloat16: the upper half of a float32. */
export function fromBfloat16(bits) {
    return new Float32Array(Uint32Array.from(bits, (h) => h * 2 ** 16).buffer);
}
//# sourceMappingURL=half.js.map