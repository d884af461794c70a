// Matrix products over the last two axes.

import { sizeOf } from "../size.ts";
import { type Primitive, showShape, Tensor } from "../tensor.ts";
import { broadcastShapes, sumTo } from "./elementwise.ts";
import { isTranspose, transpose } from "./shape.ts";

const matmulPrimitive: Primitive = {
  name: "matmul",
  vjp: (g, { inputs: [a, b] }) => {
    // Of a transposed operand, the transposed gradient: then nothing is to be transposed.
    const right = isTranspose(b) ? swapLast(matmul(swapLast(g), a)) : matmul(swapLast(a), g);
    return [sumTo(matmul(g, swapLast(b)), a.shape), sumTo(right, b.shape)];
  },
  emit: (emitter, inputs) => emitter.node("MatMul", inputs),
  flops: ({ shape, inputs: [a] }) => 2 * sizeOf(shape) * a.shape[a.shape.length - 1],
};

/** The last two axes exchanged. */
export function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const rank = axes.length;
  return transpose(x, [...axes.slice(0, rank - 2), rank - 1, rank - 2]);
}

/** `[..., m, k] x [..., k, n] -> [..., m, n]`; leading axes are broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.slice(-2);
  const [kb, n] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== kb) {
    throw new RangeError(`matmul: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not match`);
  }
  const lead = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return new Tensor(matmulPrimitive, [a, b], {}, [...lead, m, n]);
}
