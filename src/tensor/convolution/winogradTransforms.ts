// Winograd's minimal filtering (Lavin & Gray 2016) along one axis of a map, as matrices.

import { constant, type Tensor } from "../tensor.ts";

export type Matrix = readonly (readonly number[])[];

/**
 * Filtering along one axis: `outputs ((kernel w) * (inputs x))`, where `inputs` and `outputs` know `tiles` tiles for
 * each point.
 */
export interface AxisTransforms {
  readonly points: number;
  readonly tiles: number;
  /** [points x tiles, extent] */
  readonly inputs: Matrix;
  /** [points, taps] */
  readonly kernel: Matrix;
  /** [points x tiles, extent / stride] */
  readonly outputs: Matrix;
}

/** An axis of two positions between zeros: three products. */
const PAIR: AxisTransforms = {
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

/**
 * A tile of `outputs` positions and those around it, as rows: points to what they take of the tile, of the kernel, and
 * give to the outputs.
 */
export interface Tile {
  /** Of the convolution. Default 1. */
  readonly stride?: number;
  readonly inputs: Matrix;
  readonly kernel: Matrix;
  readonly outputs: Matrix;
}

/** F(2, 3): its rounding is that of the definition, or half as much again. */
export const F23: Tile = {
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
    [0, 0, -1],
  ],
  outputs: [
    [1, 0],
    [1, 1],
    [1, -1],
    [0, 1],
  ],
};

/** F(4, 3), for what no mask follows: rounding differs from the definition's by about 1e-6 of the largest output. */
export const F43: Tile = {
  inputs: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  kernel: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  outputs: [
    [1, 0, 0, 0],
    [1, 1, 1, 1],
    [1, -1, 1, -1],
    [1, 2, 4, 8],
    [1, -2, 4, -8],
    [0, 0, 0, 1],
  ],
};

/**
 * A kernel of three at stride 2, as rounded by the definition: its middle at even positions, and F(2, 2) for its ends
 * at odd ones. Points 0 and 1 have the same weight.
 */
export const F22_STRIDED: Tile = {
  stride: 2,
  inputs: [
    [0, 1, 0, 0, 0],
    [0, 0, 0, 1, 0],
    [1, 0, -1, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 1, 0, -1],
  ],
  kernel: [
    [0, 1, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 0, 1],
    [0, 0, 1],
  ],
  outputs: [
    [1, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [0, -1],
  ],
};

/** F(4, 5), for what nothing follows: points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. */
export const F45: Tile = {
  inputs: [
    [1, 0, -21 / 4, 0, 21 / 4, 0, -1, 0],
    [0, 1, 1, -17 / 4, -17 / 4, 1, 1, 0],
    [0, -1, 1, 17 / 4, -17 / 4, -1, 1, 0],
    [0, 1 / 2, 1 / 4, -5 / 2, -5 / 4, 2, 1, 0],
    [0, -1 / 2, 1 / 4, 5 / 2, -5 / 4, -2, 1, 0],
    [0, 2, 4, -5 / 2, -5, 1 / 2, 1, 0],
    [0, -2, 4, 5 / 2, -5, -1 / 2, 1, 0],
    [0, -1, 0, 21 / 4, 0, -21 / 4, 0, 1],
  ],
  kernel: [
    [1, 0, 0, 0, 0],
    ...[1, -1].map((point) => powers(point, 5, -2 / 9)),
    ...[2, -2].map((point) => powers(point, 5, 1 / 90)),
    ...[1 / 2, -1 / 2].map((point) => powers(point, 5, 32 / 45)),
    [0, 0, 0, 0, 1],
  ],
  outputs: [[1, 0, 0, 0], ...[1, -1, 2, -2, 1 / 2, -1 / 2].map((point) => powers(point, 4, 1)), [0, 0, 0, 1]],
};

function powers(point: number, count: number, factor: number): number[] {
  return Array.from({ length: count }, (_, k) => factor * point ** k);
}

/** Positions between zeros, in tiles. */
export function axisTransforms(extent: number, tile: Tile): AxisTransforms {
  const { stride = 1, inputs, kernel, outputs } = tile;
  if (extent === 2 && tile === F23) return PAIR;
  const padding = (kernel[0].length - 1) / 2;
  const size = outputs[0].length;
  const tiles = extent / stride / size;
  /** The rows of a matrix, each for every tile, where tile `k` begins at position `step k + first` of `all`. */
  const spread = (matrix: Matrix, first: number, step: number, all: number): Matrix =>
    matrix.flatMap((row) =>
      Array.from({ length: tiles }, (_, k) => Array.from({ length: all }, (_, i) => row[i - step * k - first] ?? 0)),
    );
  return {
    points: kernel.length,
    tiles,
    inputs: spread(inputs, -padding, size * stride, extent),
    kernel,
    outputs: spread(outputs, 0, size, extent / stride),
  };
}

/** Rows of `a` times rows of `b`, in the order (point of a, point of b, tile of a, tile of b). */
export function kronecker(a: Matrix, b: Matrix, tiles: readonly [number, number]): Tensor {
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
