import { Tensor } from "./tensor.ts";
export interface ConvolutionOptions {
    /** Default 1. */
    stride?: number;
    /** Zeros on every side. Default 0. */
    padding?: number;
}
/** `x [n, ci, h, w]`, `w [co, ci, kh, kw]` -> `[n, co, ho, wo]`, `ho = floor((h + 2 padding - kh) / stride) + 1`. */
export declare function conv2d(x: Tensor, w: Tensor, { stride, padding }?: ConvolutionOptions): Tensor;
//# sourceMappingURL=convolution.d.ts.map