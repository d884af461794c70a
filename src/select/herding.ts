// Herding (Welling 2009), without replacement, as in iCaRL (Rebuffi et al. 2017, algorithm 4) but with features as they
// are.

import { addRow, meanOf, nearestPoint, type Points } from "./points.ts";

/**
 * Chooses `k` points one after the other, each so that the mean of those chosen comes nearest to the mean of all. That
 * is the point nearest to `k mean - sum of those chosen before`; the first of equals.
 */
export function herding(points: Points, k: number): number[] {
  const mean = meanOf(points);
  const sum = new Float64Array(points.width);
  const chosen = new Set<number>();
  while (chosen.size < k) {
    const share = chosen.size + 1;
    const pick = nearestPoint(
      points,
      mean.map((m, j) => share * m - sum[j]),
      chosen,
    );
    chosen.add(pick);
    addRow(sum, points.data, pick * points.width);
  }
  return [...chosen];
}
