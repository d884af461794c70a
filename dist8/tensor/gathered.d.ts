import type { Shape, Tensor } from "./tensor.ts";
type Geometry = {
    readonly stride: number;
    readonly padding: number;
};
/** Whether gathering pays: few positions of many channels. */
export declare function gatheringFits(weight: Shape, height: number, width: number): boolean;
/** The convolution of `x [n, ci, h, w]` and `w [co, ci, kh, kw]` whose result has `shape`. */
export declare function gatheredConvolution(x: Tensor, w: Tensor, shape: Shape, geometry: Geometry): Tensor;
/** Its gradient with respect to `x`, which has `shape`, at stride 1. */
export declare function gatheredInputGradient(g: Tensor, w: Tensor, shape: Shape, padding: number): Tensor;
/** Its gradient with respect to `w`, which has `shape`. */
export declare function gatheredWeightGradient(x: Tensor, g: Tensor, shape: Shape, geometry: Geometry): Tensor;
export {};
//# sourceMappingURL=gathered.d.ts.map