// Winograd's minimal filtering along the rows of a 3 x 3 convolution (Lavin & Gray 2016): F(4, 3), four output rows of
// six products where the definition needs twelve, and F(2, 3), two of four where it needs six; with transforms that are
// sums of whole rows (as depthwise convolutions, where ONNX is written).

import { emitConv } from "../onnx/emitConv.ts";
import type { Emitter } from "../onnx/emitter.ts";
import { add, mul, sub } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { concatenate, pad, reshape, slice, transpose } from "../ops/shape.ts";
import { constant, type Shape, type Tensor } from "../tensor.ts";
import { F23, F43, type Tile } from "./winogradTransforms.ts";

/** `B^T d`: six combinations of the rows of a tile of six. */
function inputRows([d0, d1, d2, d3, d4, d5]: readonly Tensor[]): Tensor[] {
  const [a, b] = [sub(d4, mul(d2, 4)), sub(d3, mul(d1, 4))];
  const [c, e] = [sub(d4, d2), mul(sub(d3, d1), 2)];
  const first = add(sub(mul(d0, 4), mul(d2, 5)), d4);
  const last = add(sub(mul(d1, 4), mul(d3, 5)), d5);
  return [first, add(a, b), sub(a, b), add(c, e), sub(c, e), last];
}

/** Sums and multiples that stay in ONNX Runtime's blocked layout. */
interface Sums {
  readonly plus: (a: string, b: string) => string;
  readonly times: (a: string, factor: number) => string;
}

/** A tile of rows, with its way from products back to rows of outputs (`A^T m`). */
export interface RowTile extends Tile {
  readonly back: (products: readonly string[], sums: Sums) => string[];
}

export const F43_ROWS: RowTile = {
  ...F43,
  back: ([m0, m1, m2, m3, m4, m5], { plus, times }) => {
    const [s, t] = [plus(m1, m2), plus(m3, m4)];
    const [u, v] = [plus(m1, times(m2, -1)), plus(m3, times(m4, -1))];
    return [plus(m0, plus(s, t)), plus(u, times(v, 2)), plus(s, times(t, 4)), plus(plus(u, times(v, 8)), m5)];
  },
};

export const F23_ROWS: RowTile = {
  ...F23,
  back: ([m0, m1, m2, m3], { plus, times }) => [plus(m0, plus(m1, m2)), plus(plus(m1, times(m2, -1)), m3)],
};

/** Rows of outputs of a tile. */
const rowsOf = ({ outputs }: Tile): number => outputs[0].length;

/** Whether the transformed convolution exists and pays: enough channels to bear the transforms. */
export function winogradRowsPays(
  x: Shape,
  w: Shape,
  stride: number,
  padding: number,
  tile: RowTile = F43_ROWS,
): boolean {
  const [, ci, h] = x;
  // Whole vectors of outputs: ONNX Runtime 1.30 computes some convolutions wrongly on WebGPU without.
  if (w[0] % 4 !== 0) return false;
  return w[2] === 3 && w[3] === 3 && stride === 1 && padding === 1 && h % rowsOf(tile) === 0 && ci >= 32 && w[0] >= 32;
}

/** Emits `conv2d(x, w)` with stride 1 and padding 1. */
export function emitWinogradRows(
  emitter: Emitter,
  x: string,
  w: string,
  input: Shape,
  weight: Shape,
  tile: RowTile,
): string {
  const [n, , height, width] = input;
  const [outputs, channels] = weight;
  const [points, step] = [tile.kernel.length, rowsOf(tile)];
  const tiles = height / step;

  // Weights, G g for each column of the kernel, as one product; constants are folded when the program is compiled.
  const rowsFirst = emitter.node(
    "Transpose",
    [emitter.node("Reshape", [w, emitter.int64([outputs * channels, 3, 3])])],
    { perm: [1, 0, 2] },
  );
  const kernels = emitter.node("Reshape", [rowsFirst, emitter.int64([3, outputs * channels * 3])]);
  const weights = emitter.node("Reshape", [
    emitter.node("MatMul", [emitter.float32(Float32Array.from(tile.kernel.flat()), [points, 3]), kernels]),
    emitter.int64([points * outputs, channels, 1, 3]),
  ]);

  // Rows, B^T d, and back, A^T m: as convolutions of single channels, which stay in ONNX Runtime's blocked layout.
  const depthwise = (a: string, column: readonly number[], stride: number, pads: readonly number[]): string =>
    emitter.node("Conv", [a, columnWeights(emitter, column, stride > 1 ? channels : outputs)], {
      kernel_shape: [column.length, 1],
      strides: [stride, 1],
      pads,
      group: stride > 1 ? channels : outputs,
    });
  const products = tile.inputs.map((row, k) => {
    const kernel = emitter.node("Slice", [
      weights,
      emitter.int64([k * outputs]),
      emitter.int64([(k + 1) * outputs]),
      emitter.int64([0]),
    ]);
    return emitConv(emitter, [depthwise(x, row, step, [1, 0, 1, 0]), kernel], outputs, channels, {
      kernel_shape: [1, 3],
      strides: [1, 1],
      pads: [0, 1, 0, 1],
    });
  });
  const sums: Sums = {
    plus: (a, b) => emitter.node("Add", [a, b]),
    times: (a, factor) => depthwise(a, [factor], 1, [0, 0, 0, 0]),
  };
  const result = tile
    .back(products, sums)
    .map((row) => emitter.node("Reshape", [row, emitter.int64([n, outputs, tiles, 1, width])]));
  return emitter.node("Reshape", [
    emitter.node("Concat", result, { axis: 3 }),
    emitter.int64([n, outputs, height, width]),
  ]);
}

function columnWeights(emitter: Emitter, column: readonly number[], channels: number): string {
  const data = Float32Array.from({ length: channels * column.length }, (_, i) => column[i % column.length]);
  return emitter.float32(data, [channels, 1, column.length, 1]);
}

/**
 * Gradient of a 3 x 3 convolution (stride 1, padding 1) with respect to its weight: the adjoint of the same filtering,
 * `G^T [(A g) (B^T d)]`, six products of rows where the definition needs twelve. Where {@link winogradRowsPays}.
 *
 * @param x `[n, ci, h, w]`
 * @param g `[n, co, h, w]`
 * @returns `[co, ci, 3, 3]`
 */
export function winogradRowsWeightGradient(x: Tensor, g: Tensor): Tensor {
  const [n, ci, h, w] = x.shape;
  const co = g.shape[1];
  const tiles = h / 4;
  const every4th = (rows: Tensor, k: number): Tensor => {
    const [c, , , width] = rows.shape;
    return slice(rows, [0, 0, k, 0], [c, n, k + 4 * (tiles - 1) + 1, width], [1, 1, 4, 1]);
  };
  const padded = transpose(pad(x, [0, 0, 1, 1], [0, 0, 1, 1]), [1, 0, 2, 3]);
  const inputs = inputRows([0, 1, 2, 3, 4, 5].map((k) => every4th(padded, k)));
  const turned = transpose(g, [1, 0, 2, 3]);
  const [g0, g1, g2, g3] = [0, 1, 2, 3].map((k) => every4th(turned, k));
  const [even, odd] = [add(g0, g2), add(g1, g3)];
  const [even2, odd2] = [add(g0, mul(g2, 4)), add(mul(g1, 2), mul(g3, 8))];
  const outputs = [g0, add(even, odd), sub(even, odd), add(even2, odd2), sub(even2, odd2), g3];

  // [co, ci] for each row of the transform and each column of the kernel.
  const positions = n * tiles * w;
  const products = outputs.flatMap((rows, k) => {
    const left = reshape(rows, [co, positions]);
    return [0, 1, 2].map((column) => {
      const right = slice(inputs[k], [0, 0, 0, column], [ci, n, tiles, column + w]);
      return reshape(matmul(left, transpose(reshape(right, [ci, positions]))), [1, co * ci]);
    });
  });
  // G^T for each column, and the taps last, by one product.
  return reshape(matmul(transpose(concatenate(products, 0)), constant(TAPS, [18, 9])), [co, ci, 3, 3]);
}

/** `G` for each column of the kernel: (row of the transform, column) to (row of the kernel, column). */
const TAPS: Float32Array = Float32Array.from({ length: 18 * 9 }, (_, i) => {
  const [from, to] = [Math.floor(i / 9), i % 9];
  return from % 3 === to % 3 ? F43.kernel[Math.floor(from / 3)][Math.floor(to / 3)] : 0;
});
