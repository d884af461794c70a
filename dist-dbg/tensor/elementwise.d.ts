import { type Shape, Tensor } from "./tensor.ts";
export type Operand = Tensor | number;
/** The shape of two broadcast arrays, by NumPy's rule. */
export declare function broadcastShapes(operation: string, a: Shape, b: Shape): number[];
/** Sums a broadcast array back to `shape`: the adjoint of broadcasting. */
export declare function sumTo(x: Tensor, shape: Shape): Tensor;
/** `a + b` */
export declare function add(a: Operand, b: Operand): Tensor;
/** `a - b` */
export declare function sub(a: Operand, b: Operand): Tensor;
/** `a * b` */
export declare function mul(a: Operand, b: Operand): Tensor;
/** `a / b` */
export declare function div(a: Operand, b: Operand): Tensor;
/** `max(a, b)`; where they are equal the gradient goes to `a`. */
export declare function maximum(a: Operand, b: Operand): Tensor;
/** `-x` */
export declare function neg(x: Tensor): Tensor;
/** `e^x` */
export declare function exp(x: Tensor): Tensor;
/** `ln x` */
export declare function log(x: Tensor): Tensor;
/** `x^(1/2)` */
export declare function sqrt(x: Tensor): Tensor;
/** `|x|`, with gradient `sign(x)`. Of what cannot be negative, `x` itself. */
export declare function abs(x: Tensor): Tensor;
/** `-1`, `0` or `1`. Its gradient is zero. */
export declare function sign(x: Tensor): Tensor;
/** `1 / (1 + e^-x)` */
export declare function sigmoid(x: Tensor): Tensor;
/** Error function, `2 / sqrt(pi)` times the integral of `e^(-t^2)` from 0 to `x`. */
export declare function erf(x: Tensor): Tensor;
/** `x Phi(x)` with the normal distribution function, exact (Hendrycks & Gimpel 2016). */
export declare function gelu(x: Tensor): Tensor;
/** `max(x, 0)`, with gradient 0 at 0. */
export declare function relu(x: Tensor): Tensor;
/** 1 where `x > 0`, else 0. Its gradient is zero. */
export declare function step(x: Tensor): Tensor;
/** `g` where `y > 0`, else 0. Shapes must be equal. */
export declare function maskPositive(g: Tensor, y: Tensor): Tensor;
/** `x` where `x > 0`, else `slope * x`. Default slope 0.01, as PyTorch. */
export declare function leakyRelu(x: Tensor, slope?: number): Tensor;
/** `x * sigmoid(x)` (SiLU). */
export declare function swish(x: Tensor): Tensor;
/** `x^p`. Whole `p` up to 8 are products (exact for negative `x`); others need `x >= 0`, and `x > 0` where `p < 1`. */
export declare function power(x: Tensor, p: number): Tensor;
//# sourceMappingURL=elementwise.d.ts.map