// Figures in the colours of a page, and long curves.

import { describe, expect, it } from "vitest";
import { plot, thinned } from "../../src/plots/index.ts";

const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: Math.sin(x / 50) }));
const axes = { x: { label: "x" }, y: { label: "y" } };

describe("a figure for a page", () => {
  it("is drawn in the page's custom properties alone", () => {
    const svg = plot({ ...axes, series: [{ name: "a", points: points.slice(0, 5) }] }, { colours: "page" });
    expect(svg).not.toMatch(/#[0-9a-f]{3}/i);
    for (const name of ["--ink", "--card", "--line", "--quiet", "--plot-1"]) expect(svg).toContain(`var(${name})`);
  });

  it("has no dots on a curve, but for a single point", () => {
    const curve = (count: number): string =>
      plot({ ...axes, series: [{ name: "", style: "curve", points: points.slice(0, count) }] });
    expect(curve(20)).not.toContain("<circle");
    expect(curve(20)).toMatch(/<path d="M[^"]*" fill="none"/);
    expect(curve(1)).toContain("<circle");
  });

  it("turns no text around", () => {
    const svg = plot({ ...axes, series: [{ name: "a\u202eb\u2066", points: points.slice(0, 2) }] });
    expect(svg).toContain("a\ufffdb\ufffd");
  });
});

describe("a thinned curve", () => {
  it("keeps the mean, the least and the largest value of each stretch", () => {
    const few = thinned(points, 100);
    expect(few).toHaveLength(100);
    const first = points.slice(0, 10);
    expect(few[0]!.x).toBeCloseTo(4.5);
    expect(few[0]!.y).toBeCloseTo(first.reduce((sum, { y }) => sum + y, 0) / 10);
    expect([few[0]!.low, few[0]!.high]).toEqual([first[0]!.y, first[9]!.y]);
    expect(Math.max(...few.map(({ high }) => high!))).toBe(Math.max(...points.map(({ y }) => y)));
  });

  it("stays as it is where it is short, without what is no number", () => {
    expect(thinned([...points.slice(0, 3), { x: 3, y: Number.NaN }], 100)).toEqual(points.slice(0, 3));
  });
});
