// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
// A pure bijection of the counter for every key: the same counter and key give the same four words on any machine.

const ROUNDS = 10;
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const M0_LOW = M0 & 0xffff;
const M0_HIGH = M0 >>> 16;
const M1_LOW = M1 & 0xffff;
const M1_HIGH = M1 >>> 16;

/**
 * Writes the four uint32 words of one block into `out`.
 * @param out length >= 4
 * @param c0 counter word 0 (least significant) ... `c3` word 3; any int32 or uint32
 * @param k0 key word 0, `k1` key word 1; any int32 or uint32
 */
export function philox4x32(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    // The high halves of x0 * M0 and x2 * M1 by 16-bit limbs: no partial sum exceeds 2^32 - 1, so int32 arithmetic is
    // exact.
    let low = x0 & 0xffff;
    let high = x0 >>> 16;
    let mid = (Math.imul(high, M0_LOW) + (Math.imul(low, M0_LOW) >>> 16)) | 0;
    let cross = (Math.imul(low, M0_HIGH) + (mid & 0xffff)) | 0;
    const high0 = (Math.imul(high, M0_HIGH) + (mid >>> 16) + (cross >>> 16)) | 0;
    low = x2 & 0xffff;
    high = x2 >>> 16;
    mid = (Math.imul(high, M1_LOW) + (Math.imul(low, M1_LOW) >>> 16)) | 0;
    cross = (Math.imul(low, M1_HIGH) + (mid & 0xffff)) | 0;
    const high1 = (Math.imul(high, M1_HIGH) + (mid >>> 16) + (cross >>> 16)) | 0;

    const low0 = Math.imul(x0, M0);
    const low1 = Math.imul(x2, M1);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + W0) | 0;
    key1 = (key1 + W1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}
