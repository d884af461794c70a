// Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin & Gray 2016) for small maps of many channels: convolution and both of its gradients as
// products of matrices, one for each pair of points, between transforms that are products with fixed matrices. The three share what
// is transformed. Its rounding is that of the definition, so that forward passes which are differentiated may use it.

import { matmul, swapLast } from "./matmul.ts";
import { reshape } from "./shape.ts";
import { constant, type Shape, type Tensor } from "./tensor.ts";
import { B, G } from "./winograd.ts";

type Matrix = readonly (readonly number[])[];

/** Filtering along one axis: `outputs ((kernel w) * (inputs x))`, where `inputs` and `outputs` know `tiles` tiles for each point. */
interface Filter {
  readonly points: number;
  readonly tiles: number;
  /** [points x tiles, extent] */
  readonly inputs: Matrix;
  /** [points, 3] */
  readonly kernel: Matrix;
  /** [points x tiles, extent] */
  readonly outputs: Matrix;
}

/** An axis of two positions between zeros: three products. */
const PAIR: Filter = {
  points: 3,
  tiles: 1,
  inputs: [
    [1, 1],
    [0, 1],
    [1, 0],
  ],
  kernel: [
    [0, 1, 0],
    [0, -1, 1],
    [1, -1, 0],
  ],
  outputs: [
    [1, 1],
    [1, 0],
    [0, 1],
  ],
};

/** A tile of `outputs` positions and those around it, as rows: points to what they take of the tile, of the kernel, and give to the outputs. */
interface Tile {
  readonly inputs: Matrix;
  readonly kernel: Matrix;
  readonly outputs: Matrix;
}

/** F(2, 3): its rounding is that of the definition. */
const TWO: Tile = {
  inputs: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  kernel: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  outputs: [
    [1, 0],
    [1, 1],
    [1, -1],
    [0, -1],
  ],
};

/** F(4, 3), for what nothing follows. */
const FOUR: Tile = {
  inputs: B,
  kernel: G,
  outputs: [
    [1, 0, 0, 0],
    [1, 1, 1, 1],
    [1, -1, 1, -1],
    [1, 2, 4, 8],
    [1, -2, 4, -8],
    [0, 0, 0, 1],
  ],
};

/** An even number of positions between zeros, in tiles. */
function filterOf(extent: number, tile: Tile): Filter {
  if (extent === 2) return PAIR;
  const size = tile.outputs[0].length;
  const tiles = extent / size;
  /** The rows of a matrix, each for every tile, where tile `k` begins at position `size k + first`. */
  const spread = (matrix: Matrix, first: number): Matrix =>
    matrix.flatMap((row) =>
      Array.from({ length: tiles }, (_, k) => Array.from({ length: extent }, (_, i) => row[i - size * k - first] ?? 0)),
    );
  return {
    points: tile.kernel.length,
    tiles,
    inputs: spread(tile.inputs, -1),
    kernel: tile.kernel,
    outputs: spread(tile.outputs, 0),
  };
}

/** Rows of `a` times rows of `b`, in the order (point of a, point of b, tile of a, tile of b). */
function pairs(a: Matrix, b: Matrix, tiles: readonly [number, number]): Tensor {
  const [ta, tb] = tiles;
  const [columns, other] = [a[0].length, b[0].length];
  const data = new Float32Array(a.length * b.length * columns * other);
  let at = 0;
  for (let p = 0; p < a.length; p += ta) {
    for (let q = 0; q < b.length; q += tb) {
      for (let i = 0; i < ta * tb; i++) {
        const [row, second] = [a[p + Math.floor(i / tb)], b[q + (i % tb)]];
        for (const x of row) for (const y of second) data[at++] = x * y;
      }
    }
  }
  return constant(data, [a.length * b.length, columns * other]);
}

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

/** Whether maps of `height x width` are so small that the transforms, which do without their structure, are little work. */
export function tilesFit(weight: Shape, height: number, width: number, stride: number, padding: number): boolean {
  const small = (extent: number): boolean => extent === 2 || extent === 4 || extent === 8;
  const [co, ci, kh, kw] = weight;
  return kh === 3 && kw === 3 && stride === 1 && padding === 1 && small(height) && small(width) && co >= 64 && ci >= 64;
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
