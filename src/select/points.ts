// Rows of numbers as points, and the distances between them. Sums in float64, on this thread.

import type { Matrix } from "../linalg/types.ts";

/** `count` points of `width` numbers each, row-major. */
export interface Points {
  readonly data: Float32Array;
  readonly count: number;
  readonly width: number;
}

/** Mean of all points. */
export function meanOf({ data, count, width }: Points): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < count; i++) addRow(mean, data, i * width);
  return mean.map((sum) => sum / count);
}

/** Adds the row that begins at `from`. */
export function addRow(sum: Float64Array, data: Float32Array, from: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] += data[from + j];
}

/** Squared distance of point `i` to a row of `target` (float32 or float64). */
export function squaredDistance({ data, width }: Points, i: number, target: Matrix, row = 0): number {
  const [a, b] = [i * width, row * width];
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const difference = data[a + j] - target[b + j];
    sum += difference * difference;
  }
  return sum;
}

/** The point nearest to `target` of those that are not taken; the first of equals. */
export function nearestPoint(points: Points, target: Matrix, taken: ReadonlySet<number>): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < points.count; i++) {
    if (taken.has(i)) continue;
    const distance = squaredDistance(points, i, target);
    if (distance < least || best < 0) [best, least] = [i, distance];
  }
  return best;
}

/** Index of the largest number of those that are not taken; the first of equals. */
export function farthest(distances: ArrayLike<number>, taken: ReadonlySet<number>): number {
  let best = -1;
  for (let i = 0; i < distances.length; i++) {
    if (!taken.has(i) && (best < 0 || distances[i] > distances[best])) best = i;
  }
  return best;
}
