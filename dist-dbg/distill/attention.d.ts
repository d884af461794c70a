import { type Tensor } from "../tensor/index.ts";
export interface AttentionOptions {
    /** Exponent p. The paper's table says 4; the released code calls it with 1. */
    readonly power: number;
    /** How the channels are put together. The paper: `sum`. */
    readonly reduction: "sum" | "max";
    /** Norm to which each vector is brought. The paper: `l2`. */
    readonly norm: "l2" | "l1" | "none";
}
/**
 * Attention vectors `z / ||z||` with `z = vec(sum_c |f[:, c]|^p)` (or the maximum over c).
 *
 * @param map activation map `[n, c, h, w]`.
 * @returns `[n, h * w]`, each row of unit norm (zero where the map is zero), or as it is for norm `none`.
 */
export declare function attention(map: Tensor, { power, reduction, norm }: AttentionOptions): Tensor;
//# sourceMappingURL=attention.d.ts.map