import { type Shape, type Tensor } from "./tensor.ts";
/** Whether maps of `height x width` are so small that the transforms, which do without their structure, are little work. */
export declare function tilesFit(weight: Shape, height: number, width: number, stride: number, padding: number): boolean;
/** The convolution (stride 1, padding 1) of `x [n, ci, h, w]` and `w [co, ci, 3, 3]`. */
export declare function tiledConvolution(x: Tensor, w: Tensor): Tensor;
/** Its gradient with respect to `x`. */
export declare function tiledInputGradient(g: Tensor, w: Tensor): Tensor;
/** Its gradient with respect to `w`. */
export declare function tiledWeightGradient(x: Tensor, g: Tensor): Tensor;
//# sourceMappingURL=tiles.d.ts.map