import { Tensor } from "./tensor.ts";
/** 1 where `a == b` (broadcast), else 0. Not differentiated. */
export declare function equal(a: Tensor, b: Tensor): Tensor;
/** Sum over `axes` (default all). */
export declare function sum(x: Tensor, axes?: readonly number[], { keep }?: {
    keep?: boolean;
}): Tensor;
/** Mean over `axes` (default all). */
export declare function mean(x: Tensor, axes?: readonly number[], options?: {
    keep?: boolean;
}): Tensor;
/** Largest element over `axes` (default all). Equal maxima share the gradient evenly. */
export declare function max(x: Tensor, axes?: readonly number[], { keep }?: {
    keep?: boolean;
}): Tensor;
//# sourceMappingURL=reduce.d.ts.map