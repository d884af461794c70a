import { type Tensor } from "../tensor/index.ts";
/** Squared or absolute differences, summed; or 1 - cosine, summed over rows (classes). */
export type ErrorType = "mse" | "mae" | "cosine";
/** Distance of `means` to `targets` `[classes, d]`, summed over classes: a scalar. */
export declare function distance(type: ErrorType, means: Tensor, targets: Tensor): Tensor;
/** The same of one class's arrays, in float64, with `weight` times its gradient with respect to `mean`. */
export declare function distanceOf(type: ErrorType, mean: Float32Array, target: Float32Array, weight: number): {
    readonly distance: number;
    readonly gradient: Float32Array;
};
//# sourceMappingURL=distance.d.ts.map