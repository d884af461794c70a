// Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin & Gray 2016) for small maps of many channels: convolution and
// both of its gradients as products of matrices, one for each pair of points, between transforms that are products with
// fixed matrices. The three share what is transformed. Its rounding is that of the definition, so that forward passes
// which are differentiated may use it.

import { matmul, swapLast } from "../ops/matmul.ts";
import { reshape } from "../ops/shape.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { axisTransforms, F22_STRIDED, F23, F43, kronecker, type Tile } from "./winogradTransforms.ts";

interface Transforms {
  /** Pairs of points. */
  readonly points: number;
  readonly inputs: Tensor;
  readonly kernel: Tensor;
  readonly outputs: Tensor;
}

function transformsOf(height: number, width: number, tile: Tile): Transforms {
  const [rows, columns] = [axisTransforms(height, tile), axisTransforms(width, tile)];
  const tiles = [rows.tiles, columns.tiles] as const;
  return {
    points: rows.points * columns.points,
    inputs: kronecker(rows.inputs, columns.inputs, tiles),
    kernel: kronecker(rows.kernel, columns.kernel, [1, 1]),
    outputs: kronecker(rows.outputs, columns.outputs, tiles),
  };
}

/** Images from which on the products outweigh the transforms of the weights. */
export const MIN_IMAGES = 8;

/**
 * Whether maps of `x [n, c, h, w]` are so small that transforms as dense matrices are little work, and channels many.
 */
export function winograd2dPays([n, , h, w]: Shape, weight: Shape, stride: number, padding: number): boolean {
  const [co, ci, kh, kw] = weight;
  const extents = stride === 1 ? [2, 4, 8] : stride === 2 ? [4, 8] : [];
  const same = kh === 3 && kw === 3 && padding === 1;
  return same && n >= MIN_IMAGES && extents.includes(h) && extents.includes(w) && co >= 64 && ci >= 64;
}

/** `[n, c, h, w]` -> `[points, tiles x n, c]`. */
function transformMaps(x: Tensor, matrix: Tensor, points: number): Tensor {
  const [n, c, h, w] = x.shape;
  return reshape(matmul(matrix, swapLast(reshape(x, [n * c, h * w]))), [points, -1, c]);
}

/** The adjoint of {@link transformMaps}. */
function transformBack(y: Tensor, matrix: Tensor, [n, c, h, w]: Shape): Tensor {
  return reshape(matmul(swapLast(reshape(y, [-1, n * c])), matrix), [n, c, h, w]);
}

/** `[co, ci, 3, 3]` -> `[points, co, ci]`. */
function transformWeight(w: Tensor, { kernel, points }: Transforms): Tensor {
  const [co, ci] = w.shape;
  return reshape(matmul(kernel, swapLast(reshape(w, [co * ci, 9]))), [points, co, ci]);
}

/** What is transformed for maps of up to 4 x 4 is shared with the forward pass. */
function gradientTile(height: number, width: number, stride: number): Tile {
  if (stride === 2) return F22_STRIDED;
  return height === 8 && width === 8 ? F43 : F23;
}

/** The convolution of `x [n, ci, h, w]` and `w [co, ci, 3, 3]` with padding 1, where {@link winograd2dPays}. */
export function winograd2dConvolution(x: Tensor, w: Tensor, stride: number): Tensor {
  const [n, , height, width] = x.shape;
  const all = transformsOf(height, width, stride === 2 ? F22_STRIDED : F23);
  const products = matmul(transformMaps(x, all.inputs, all.points), swapLast(transformWeight(w, all)));
  return transformBack(products, all.outputs, [n, w.shape[0], height / stride, width / stride]);
}

/** Its gradient with respect to `x`, which has `shape`. */
export function winograd2dInputGradient(g: Tensor, w: Tensor, shape: Shape, stride: number): Tensor {
  const [, , height, width] = shape;
  const all = transformsOf(height, width, gradientTile(height, width, stride));
  const products = matmul(transformMaps(g, all.outputs, all.points), transformWeight(w, all));
  return transformBack(products, all.inputs, shape);
}

/** Its gradient with respect to `w`. */
export function winograd2dWeightGradient(x: Tensor, g: Tensor, stride: number): Tensor {
  const [, ci, height, width] = x.shape;
  const co = g.shape[1];
  const all = transformsOf(height, width, gradientTile(height, width, stride));
  const products = matmul(
    swapLast(transformMaps(g, all.outputs, all.points)),
    transformMaps(x, all.inputs, all.points),
  );
  return reshape(matmul(swapLast(reshape(products, [all.points, co * ci])), all.kernel), [co, ci, 3, 3]);
}
