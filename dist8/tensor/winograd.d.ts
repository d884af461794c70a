import type { Emitter } from "./emitter.ts";
import { type Shape, type Tensor } from "./tensor.ts";
/** Whether the transformed convolution exists and pays: enough channels to bear the transforms. */
export declare function winogradFits(x: Shape, w: Shape, stride: number, padding: number): boolean;
/**
 * Emits `conv2d(x, w)` with stride 1 and padding 1. Rounding differs from the direct convolution's by about 1e-6 of the
 * largest output.
 */
export declare function emitWinograd(emitter: Emitter, x: string, w: string, input: Shape, weight: Shape): string;
/**
 * Gradient of a 3 x 3 convolution (stride 1, padding 1) with respect to its weight: the adjoint of the same filtering,
 * `G^T [(A g) (B^T d)]`, six products of rows where the definition needs twelve. Where {@link winogradFits}.
 *
 * @param x `[n, ci, h, w]`
 * @param g `[n, co, h, w]`
 * @returns `[co, ci, 3, 3]`
 */
export declare function winogradWeightGradient(x: Tensor, g: Tensor): Tensor;
//# sourceMappingURL=winograd.d.ts.map