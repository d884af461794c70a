// Greedy k-center (Gonzalez 1985; Sener & Savarese 2018, algorithm 1): at most twice the smallest possible covering
// radius.

import { farthest, meanOf, nearestPoint, type Points, squaredDistance } from "./points.ts";

/** Chooses the point nearest to the mean, then `k - 1` times the one farthest from all chosen; the first of equals. */
export function kCenter(points: Points, k: number): number[] {
  const { data, count, width } = points;
  const chosen = new Set<number>();
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let pick = nearestPoint(points, meanOf(points), chosen);
  for (;;) {
    chosen.add(pick);
    if (chosen.size >= k) return [...chosen];
    const centre = data.subarray(pick * width, (pick + 1) * width);
    for (let i = 0; i < count; i++) distances[i] = Math.min(distances[i], squaredDistance(points, i, centre));
    pick = farthest(distances, chosen);
  }
}
