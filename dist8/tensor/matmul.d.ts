import { Tensor } from "./tensor.ts";
/** The last two axes exchanged. */
export declare function swapLast(x: Tensor): Tensor;
/** `[..., m, k] x [..., k, n] -> [..., m, n]`; leading axes are broadcast. */
export declare function matmul(a: Tensor, b: Tensor): Tensor;
//# sourceMappingURL=matmul.d.ts.map