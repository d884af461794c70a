// The curves of a run: loss and its parts by iteration.

import type { Row } from "../../lab/index.ts";
import { type PlotSeries, thinned } from "../../plots/index.ts";

/** Points of a curve: more cannot be told apart. */
const POINTS = 160;

/** Not measures of the method. */
const OTHERS = new Set(["iteration", "seconds", "iterations"]);

/** `loss` first, then each number of a row by its name, those of lists by name and place. Thinned. */
export function lossSeries(rows: readonly Row[]): PlotSeries[] {
  const curves = new Map<string, { x: number; y: number }[]>([["loss", []]]);
  for (const row of rows) {
    const x = row.iteration as number;
    for (const [name, value] of Object.entries(row)) {
      if (OTHERS.has(name)) continue;
      const values: readonly (readonly [string, unknown])[] = Array.isArray(value)
        ? value.map((one, i) => [`${name} ${i + 1}`, one] as const)
        : [[name, value]];
      for (const [key, y] of values) {
        if (typeof y !== "number" || !Number.isFinite(y)) continue;
        const points = curves.get(key) ?? [];
        points.push({ x, y });
        curves.set(key, points);
      }
    }
  }
  return [...curves].flatMap(([name, points]) => {
    // A part that is always nothing is not looked at.
    if (points.length === 0 || (name !== "loss" && points.every(({ y }) => y === 0))) return [];
    return [{ name, style: "curve" as const, points: thinned(points, POINTS) }];
  });
}
