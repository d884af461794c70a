import { type Tensor } from "./tensor.ts";
/**
 * Gradients of a scalar with respect to `wrt`, as tensors of the same graph: `grad` may be applied to them again.
 * What `output` does not depend on has gradient zero.
 */
export declare function grad(output: Tensor, wrt: readonly Tensor[]): Tensor[];
/** Vector-Jacobian products: gradients of `sum(output * cotangent)`. */
export declare function vjp(output: Tensor, cotangent: Tensor, wrt: readonly Tensor[]): Tensor[];
/** All nodes that `outputs` need, inputs before users. */
export declare function topological(outputs: readonly Tensor[]): Tensor[];
//# sourceMappingURL=grad.d.ts.map