// Floats of 16 bits: widened to float32 without loss, and narrowed to half precision.

/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. */
export function fromHalf(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (h) => {
    const [exponent, fraction] = [(h >> 10) & 31, h & 1023];
    const size =
      exponent === 31
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
export function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (h) => h * 2 ** 16).buffer);
}

const value = new Float32Array(1);
const valueBits = new Uint32Array(value.buffer);

/** The nearest half floats (ties to even), as bits. What is too large becomes infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (x) => {
    value[0] = x;
    const bits = valueBits[0];
    const sign = (bits >>> 16) & 0x8000;
    const exponent = (bits >>> 23) & 255;
    let fraction = bits & 0x7fffff;
    if (exponent === 255) return sign | (fraction === 0 ? 0x7c00 : 0x7e00);
    // From here on: fraction in units of 2^-24 (subnormal) or of 2^(exponent - 137).
    const shift = exponent < 113 ? 126 - exponent : 13;
    if (shift > 24) return sign;
    if (exponent > 0) fraction |= 0x800000;
    const rest = fraction & (2 ** shift - 1);
    const middle = 2 ** (shift - 1);
    let rounded = fraction >>> shift;
    if (rest > middle || (rest === middle && (rounded & 1) === 1)) rounded++;
    // A carry runs into the exponent, as it should.
    const half = exponent < 113 ? rounded : ((exponent - 113) << 10) + rounded;
    return sign | Math.min(half, 0x7c00);
  });
}
