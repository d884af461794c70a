// Bilinear resampling through a linear map of normalised coordinates, zeros outside: the semantics of
// torch.nn.functional.affine_grid + grid_sample(mode="bilinear", padding_mode="zeros", align_corners=False), no
// translation.

import type { Images, Operation } from "./operation.ts";

/** Row by row, the matrix of a linear map of (x, y). */
export type Theta = readonly [xx: number, xy: number, yx: number, yy: number];

/** Bilinear resampling and its adjoint, for an operation whose parameters make a map (or one an image). */
export function resampling<Parameters extends object>(
  thetas: (parameters: Parameters) => readonly Theta[],
): Pick<Operation<Parameters>, "apply" | "adjoint"> {
  return {
    apply: (parameters, images) => resample(thetas(parameters), images, gather),
    adjoint: (parameters, gradients) => resample(thetas(parameters), gradients, scatter),
  };
}

function resample(thetas: readonly Theta[], { source, target, shape }: Images, move: typeof gather): void {
  const [count, channels, height, width] = shape;
  const grid = createGrid(height, width);
  const planes = thetas.length === 1 ? count * channels : channels;
  for (const [n, theta] of thetas.entries()) {
    fillGrid(grid, theta);
    move(source, target, { at: n * planes * height * width, count: planes }, grid);
  }
}

/**
 * Where each output pixel reads: indices into a plane with a border of one zero pixel all round, and scratch for that
 * plane.
 */
interface Grid {
  readonly height: number;
  readonly width: number;
  /** [height * width] index of the upper left of the four neighbours in the padded plane */
  readonly corner: Int32Array;
  /** [height * width] how far right and down of that neighbour, in [0, 1) */
  readonly right: Float64Array;
  readonly down: Float64Array;
  /** [(height + 2) * (width + 2)] scratch */
  readonly padded: Float64Array;
}

/** An empty grid, for images of one size. */
function createGrid(height: number, width: number): Grid {
  const size = height * width;
  return {
    height,
    width,
    corner: new Int32Array(size),
    right: new Float64Array(size),
    down: new Float64Array(size),
    padded: new Float64Array((height + 2) * (width + 2)),
  };
}

/**
 * Fills the grid for theta = [[xx, xy], [yx, yy]]: the output pixel at normalised (x, y) reads the input at theta (x,
 * y), where pixel i of n has the coordinate (2 i + 1) / n - 1.
 */
function fillGrid(grid: Grid, [xx, xy, yx, yy]: Theta): void {
  const { height, width, corner, right, down } = grid;
  let at = 0;
  for (let row = 0; row < height; row++) {
    const y = (2 * row + 1) / height - 1;
    for (let column = 0; column < width; column++, at++) {
      const x = (2 * column + 1) / width - 1;
      const px = ((xx * x + xy * y + 1) * width - 1) / 2;
      const py = ((yx * x + yy * y + 1) * height - 1) / 2;
      const x0 = Math.floor(px);
      const y0 = Math.floor(py);
      // Farther out than the border: read exactly the padded plane's first pixel, a zero.
      const near = x0 >= -1 && x0 < width && y0 >= -1 && y0 < height;
      corner[at] = near ? (y0 + 1) * (width + 2) + x0 + 1 : 0;
      right[at] = near ? px - x0 : 0;
      down[at] = near ? py - y0 : 0;
    }
  }
}

/** Planes from index `at` on. */
interface Span {
  readonly at: number;
  readonly count: number;
}

/** Resamples planes. */
function gather(source: Float32Array, target: Float32Array, { at, count }: Span, grid: Grid): void {
  const { height, width, corner, right, down, padded } = grid;
  const size = height * width;
  const stride = width + 2;
  padded.fill(0);
  for (let start = at; start < at + count * size; start += size) {
    for (let y = 0, from = start; y < height; y++) {
      const row = (y + 1) * stride + 1;
      for (let i = row; i < row + width; i++) padded[i] = source[from++];
    }
    for (let i = 0; i < size; i++) {
      const c = corner[i];
      const r = right[i];
      const left0 = padded[c];
      const left1 = padded[c + stride];
      const upper = left0 + r * (padded[c + 1] - left0);
      const lower = left1 + r * (padded[c + stride + 1] - left1);
      target[start + i] = upper + down[i] * (lower - upper);
    }
  }
}

/** The adjoint of {@link gather}: adds every value to the pixels it was read from, in float64. */
function scatter(source: Float32Array, target: Float32Array, { at, count }: Span, grid: Grid): void {
  const { height, width, corner, right, down, padded } = grid;
  const size = height * width;
  const stride = width + 2;
  for (let start = at; start < at + count * size; start += size) {
    padded.fill(0);
    for (let i = 0; i < size; i++) {
      const c = corner[i];
      const r = right[i];
      const lower = source[start + i] * down[i];
      const upper = source[start + i] - lower;
      padded[c] += upper - upper * r;
      padded[c + 1] += upper * r;
      padded[c + stride] += lower - lower * r;
      padded[c + stride + 1] += lower * r;
    }
    for (let y = 0, to = start; y < height; y++) {
      const row = (y + 1) * stride + 1;
      for (let i = row; i < row + width; i++) target[to++] = padded[i];
    }
  }
}
