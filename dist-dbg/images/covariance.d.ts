import type { Multiply } from "../engine/types.ts";
import type { ImageSet } from "./types.ts";
export interface Moments {
    /** float64 [d] */
    readonly mean: Float64Array;
    /** float64 [d, d], unbiased (divided by n - 1), symmetric. */
    readonly covariance: Float64Array;
}
/**
 * Moments of `(pixel / 255 - mean[c]) / std[c]` over a set, `d = c*h*w`. Products of bytes are summed as integers, in
 * float32 within a chunk of 1024 images and in float64 over chunks, without any rounding; normalisation is applied to
 * the sums. So the result is the same on every machine and back end, to the last bit.
 */
export declare function moments(set: ImageSet, multiply: Multiply, onChunk: (done: number) => void): Promise<Moments>;
//# sourceMappingURL=covariance.d.ts.map