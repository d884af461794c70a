// The gradients of 5 x 5 convolutions by Winograd's minimal filtering F(4 x 4, 5 x 5), as products of matrices: a sixth
// of the products of the definition. Rows and columns are transformed in turn, with channels innermost. Rounding is
// several times that of the definition, so no mask (of a ReLU) may follow.

import { matmul, swapLast } from "../ops/matmul.ts";
import { reshape, transpose } from "../ops/shape.ts";
import { constant, type Shape, type Tensor } from "../tensor.ts";
import { type AxisTransforms, axisTransforms, F45, kronecker, type Matrix } from "./winogradTransforms.ts";

/** Whether the convolution can be filtered, with enough channels to bear the transforms. */
export function winograd5x5Pays(
  weight: Shape,
  height: number,
  width: number,
  stride: number,
  padding: number,
): boolean {
  const [co, ci, kh, kw] = weight;
  const fits = (extent: number): boolean => extent % 4 === 0 && extent <= 32;
  return kh === 5 && kw === 5 && stride === 1 && padding === 2 && fits(height) && fits(width) && co >= 64 && ci >= 64;
}

const POINTS = F45.kernel.length;

function matrixOf(rows: Matrix): Tensor {
  return constant(rows.flat(), [rows.length, rows[0].length]);
}

/** `[n, c, h, w]` -> `[points x points, tiles x n x tiles, c]`, rows by `inputs` or `outputs` of their filters. */
function transform(x: Tensor, side: "inputs" | "outputs"): Tensor {
  const [n, c, h, w] = x.shape;
  const [rows, columns] = transformsOf(h, w);
  // In two transposes, each of which moves one axis: ONNX Runtime takes more than twice as long for both at once.
  const last = reshape(transpose(reshape(x, [n, c, h * w]), [0, 2, 1]), [n, h, w * c]);
  const inner = reshape(transpose(last, [1, 0, 2]), [h, n * w * c]);
  const down = reshape(matmul(matrixOf(rows[side]), inner), [POINTS * rows.tiles * n, w, c]);
  const across = reshape(matmul(matrixOf(columns[side]), down), [POINTS, rows.tiles * n, POINTS, columns.tiles * c]);
  return reshape(transpose(across, [0, 2, 1, 3]), [POINTS * POINTS, rows.tiles * n * columns.tiles, c]);
}

/** The adjoint of {@link transform}. */
function transformBack(y: Tensor, side: "inputs" | "outputs", [n, c, h, w]: Shape): Tensor {
  const [rows, columns] = transformsOf(h, w);
  const across = transpose(reshape(y, [POINTS, POINTS, rows.tiles * n, columns.tiles * c]), [0, 2, 1, 3]);
  const down = matmul(
    swapLast(matrixOf(columns[side])),
    reshape(across, [POINTS * rows.tiles * n, POINTS * columns.tiles, c]),
  );
  const inner = matmul(swapLast(matrixOf(rows[side])), reshape(down, [POINTS * rows.tiles, n * w * c]));
  const last = reshape(transpose(reshape(inner, [h, n, w * c]), [1, 0, 2]), [n, h * w, c]);
  return reshape(transpose(last, [0, 2, 1]), [n, c, h, w]);
}

function transformsOf(height: number, width: number): readonly [AxisTransforms, AxisTransforms] {
  return [axisTransforms(height, F45), axisTransforms(width, F45)];
}

const kernel = kronecker(F45.kernel, F45.kernel, [1, 1]);

/** Gradient with respect to the input, which has `shape`. */
export function winograd5x5InputGradient(g: Tensor, w: Tensor, shape: Shape): Tensor {
  const [co, ci] = w.shape;
  const weights = reshape(matmul(kernel, swapLast(reshape(w, [co * ci, 25]))), [POINTS * POINTS, co, ci]);
  return transformBack(matmul(transform(g, "outputs"), weights), "inputs", shape);
}

/** Gradient with respect to the weight, which has `shape`. */
export function winograd5x5WeightGradient(x: Tensor, g: Tensor, shape: Shape): Tensor {
  const products = matmul(swapLast(transform(g, "outputs")), transform(x, "inputs"));
  return reshape(matmul(swapLast(reshape(products, [POINTS * POINTS, -1])), kernel), shape);
}
