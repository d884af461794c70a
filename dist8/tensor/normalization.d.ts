import { Tensor } from "./tensor.ts";
/**
 * `scale * (x - mean) / sqrt(variance + eps) + bias` along the last axis of `x [n, c, m]`; `scale`, `bias` `[c]`.
 * Variance divides by m.
 */
export declare function normalizeRows(x: Tensor, scale: Tensor, bias: Tensor, eps: number): Tensor;
/**
 * Group normalisation of `x [n, c, h, w]` with `scale`, `bias` `[c]` (Wu & He 2018). `groups = c` is instance
 * normalisation, `groups = 1` layer normalisation over (c, h, w). Default eps 1e-5.
 */
export declare function groupNorm(x: Tensor, groups: number, scale: Tensor, bias: Tensor, eps?: number): Tensor;
/** Layer normalisation of `x [..., d]` along its last axis with `scale`, `bias` `[d]` (Ba et al. 2016). Default eps 1e-5. */
export declare function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, eps?: number): Tensor;
/** Mean and (biased) variance of each channel of a batch, `[c]` each. */
export interface BatchStatistics {
    readonly mean: Tensor;
    readonly variance: Tensor;
}
/** Batch normalisation of `x [n, c, h, w]` with the batch's own statistics (training mode). Default eps 1e-5. */
export declare function batchNorm(x: Tensor, scale: Tensor, bias: Tensor, eps?: number): Tensor;
/** What running statistics are updated with. */
export declare function batchStatistics(x: Tensor): BatchStatistics;
/** Batch normalisation with given statistics (evaluation mode). Default eps 1e-5. */
export declare function batchNormWith(x: Tensor, scale: Tensor, bias: Tensor, { mean: average, variance }: BatchStatistics, eps?: number): Tensor;
/** `x / max(||x||_2, eps)` along `axis` (PyTorch's `F.normalize`). Default: last axis, eps 1e-12. */
export declare function normalizeL2(x: Tensor, axis?: number, eps?: number): Tensor;
//# sourceMappingURL=normalization.d.ts.map