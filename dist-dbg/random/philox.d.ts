/**
 * Writes the four uint32 words of one block into `out`.
 * @param out length >= 4
 * @param c0 counter word 0 (least significant) ... `c3` word 3; any int32 or uint32
 * @param k0 key word 0, `k1` key word 1; any int32 or uint32
 */
export declare function philox4x32(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;
//# sourceMappingURL=philox.d.ts.map