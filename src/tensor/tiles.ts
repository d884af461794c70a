// Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin & Gray 2016) for small maps of many channels: convolution and both of its gradients as
// products of matrices, one for each pair of points, between transforms that are products with fixed matrices. The three share what
// is transformed. Its rounding is that of the definition, so that forward passes which are differentiated may use it.

import { FOUR, filterOf, pairs, type Tile, TWO } from "./filters.ts";
import { matmul, swapLast } from "./matmul.ts";
import { reshape } from "./shape.ts";
import type { Shape, Tensor } from "./tensor.ts";

interface Transforms {
  /** Pairs of points. */
  readonly points: number;
  readonly inputs: Tensor;
  readonly kernel: Tensor;
  readonly outputs: Tensor;
}

function transformsOf(height: number, width: number, tile: Tile): Transforms {
  const [rows, columns] = [filterOf(height, tile), filterOf(width, tile)];
  const tiles = [rows.tiles, columns.tiles] as const;
  return {
    points: rows.points * columns.points,
    inputs: pairs(rows.inputs, columns.inputs, tiles),
    kernel: pairs(rows.kernel, columns.kernel, [1, 1]),
    outputs: pairs(rows.outputs, columns.outputs, tiles),
  };
}

/** Images from which on the products outweigh the transforms of the weights. */
const FEW = 8;

/** Whether maps of `x [n, c, h, w]` are so small that the transforms, which do without their structure, are little work. */
export function tilesFit([n, , h, w]: Shape, weight: Shape, stride: number, padding: number): boolean {
  const small = (extent: number): boolean => extent === 2 || extent === 4 || extent === 8;
  const [co, ci, kh, kw] = weight;
  const same = kh === 3 && kw === 3 && stride === 1 && padding === 1;
  return same && n >= FEW && small(h) && small(w) && co >= 64 && ci >= 64;
}

/** `[n, c, h, w]` -> `[points, tiles x n, c]`. */
function transformMaps(x: Tensor, matrix: Tensor, points: number): Tensor {
  const [n, c, h, w] = x.shape;
  return reshape(matmul(matrix, swapLast(reshape(x, [n * c, h * w]))), [points, -1, c]);
}

/** The adjoint of {@link transformMaps}. */
function gatherMaps(y: Tensor, matrix: Tensor, [n, c, h, w]: Shape): Tensor {
  return reshape(matmul(swapLast(reshape(y, [-1, n * c])), matrix), [n, c, h, w]);
}

/** `[co, ci, 3, 3]` -> `[points, co, ci]`. */
function transformWeight(w: Tensor, { kernel, points }: Transforms): Tensor {
  const [co, ci] = w.shape;
  return reshape(matmul(kernel, swapLast(reshape(w, [co * ci, 9]))), [points, co, ci]);
}

/** Maps that are one small tile share what is transformed with the forward pass. */
function tileOfGradients(height: number, width: number): Tile {
  return height === 8 && width === 8 ? FOUR : TWO;
}

/** The convolution (stride 1, padding 1) of `x [n, ci, h, w]` and `w [co, ci, 3, 3]`. */
export function tiledConvolution(x: Tensor, w: Tensor): Tensor {
  const [n, , height, width] = x.shape;
  const all = transformsOf(height, width, TWO);
  const products = matmul(transformMaps(x, all.inputs, all.points), swapLast(transformWeight(w, all)));
  return gatherMaps(products, all.outputs, [n, w.shape[0], height, width]);
}

/** Its gradient with respect to `x`. */
export function tiledInputGradient(g: Tensor, w: Tensor): Tensor {
  const [n, , height, width] = g.shape;
  const all = transformsOf(height, width, tileOfGradients(height, width));
  const products = matmul(transformMaps(g, all.outputs, all.points), transformWeight(w, all));
  return gatherMaps(products, all.inputs, [n, w.shape[1], height, width]);
}

/** Its gradient with respect to `w`. */
export function tiledWeightGradient(x: Tensor, g: Tensor): Tensor {
  const [, ci, height, width] = x.shape;
  const co = g.shape[1];
  const all = transformsOf(height, width, tileOfGradients(height, width));
  const products = matmul(
    swapLast(transformMaps(g, all.outputs, all.points)),
    transformMaps(x, all.inputs, all.points),
  );
  return reshape(matmul(swapLast(reshape(products, [all.points, co * ci])), all.kernel), [co, ci, 3, 3]);
}
