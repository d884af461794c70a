// Long curves with as many points as can be told apart.

import type { PlotPoint } from "./types.ts";

/**
 * At most `most` points: the mean of each stretch, with its least and its largest value as errors. Points whose numbers
 * are not finite are left out. Curves that are short enough stay as they are.
 *
 * @param points ascending in x.
 */
export function thinned(points: readonly PlotPoint[], most: number): PlotPoint[] {
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (finite.length <= most) return finite;
  return Array.from({ length: most }, (_, i) => {
    const [from, to] = [Math.floor((i * finite.length) / most), Math.floor(((i + 1) * finite.length) / most)];
    let [x, y, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const point of finite.slice(from, to)) {
      x += point.x / (to - from);
      y += point.y / (to - from);
      low = Math.min(low, point.low ?? point.y);
      high = Math.max(high, point.high ?? point.y);
    }
    return { x, y, low, high };
  });
}
