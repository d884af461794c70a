import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figure, type Plot, plot, ticks } from "../../src/plots/index.ts";
import { find, parseXml } from "../support/xml.ts";

const axes = { x: { label: "classes seen" }, y: { label: "accuracy, %" } };
const line: Plot = {
  ...axes,
  title: "Forgetting",
  series: [
    {
      name: "ours",
      points: [
        { x: 2, y: 60, low: 55, high: 65 },
        { x: 4, y: 50, low: 48, high: 52 },
        { x: 6, y: 40, low: 39, high: 41 },
      ],
    },
    {
      name: "random",
      dashed: true,
      points: [
        { x: 2, y: 50 },
        { x: 6, y: 20 },
      ],
    },
  ],
};

const labels = (values: ReturnType<typeof ticks>): string[] => values.map(({ label }) => label);

describe("ticks", () => {
  it("are round numbers inside the range", () => {
    expect(labels(ticks(0, 100, 5))).toEqual(["0", "20", "40", "60", "80", "100"]);
    expect(labels(ticks(-0.31, 0.72, 5))).toEqual(["−0.2", "0.0", "0.2", "0.4", "0.6"]);
    expect(labels(ticks(31.2, 33.9, 5))).toEqual(["31.5", "32.0", "32.5", "33.0", "33.5"]);
    expect(labels(ticks(0.9, 1100, 5, "log"))).toEqual(["1", "10", "100", "1000"]);
    expect(labels(ticks(1, 8, 5, "log"))).toEqual(["1", "2", "5"]);
    expect(labels(ticks(0.008, 0.12, 5, "log"))).toEqual(["0.01", "0.02", "0.05", "0.1"]);
    expect(labels(ticks(0, 5e7, 5))).toEqual(["0", "1e7", "2e7", "3e7", "4e7", "5e7"]);
  });

  it("are inside any range, evenly spaced, and not too many", () => {
    const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 2, max: 10 }), (a, b, count) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
        const found = ticks(low, high, count).map(({ value }) => value);
        const width = high - low;
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(1.6 * count + 1);
        for (const value of found) {
          expect(value).toBeGreaterThanOrEqual(low - 1e-6 * width);
          expect(value).toBeLessThanOrEqual(high + 1e-6 * width);
        }
      }),
    );
  });
});

describe("plot", () => {
  it("is well-formed SVG with its words, a band, lines and dots", () => {
    const svg = parseXml(plot(line));
    expect(svg.attributes).toMatchObject({ xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 480 320", role: "img" });
    const words = find(svg, "text").map(({ text }) => text);
    for (const word of ["Forgetting", "classes seen", "accuracy, %", "ours", "random", "2", "60"]) {
      expect(words).toContain(word);
    }
    const paths = find(svg, "path");
    expect(paths.filter(({ attributes }) => attributes["fill-opacity"] === "0.15")).toHaveLength(1);
    expect(paths.filter(({ attributes }) => attributes["stroke-dasharray"] === "5 4")).toHaveLength(1);
    // Three dots and one in the legend.
    expect(find(svg, "circle")).toHaveLength(4);
  });

  it("puts points where the ticks say", () => {
    const svg = parseXml(
      plot({
        x: { label: "x", domain: [0, 10] },
        y: { label: "y", domain: [1, 100], scale: "log" },
        series: [{ name: "", style: "scatter", points: [{ x: 6, y: 10, label: "here" }] }],
      }),
    );
    const [dot] = find(svg, "circle");
    const label = (word: string): Record<string, string> =>
      find(svg, "text").find(({ text }) => text === word)!.attributes;
    expect(dot.attributes.cx).toBe(label("6").x);
    expect(Number(dot.attributes.cy)).toBe(Number(label("10").y) - 4);
    expect(dot.text).toBe("here");
  });

  it("draws error bars through dots, and categories as given", () => {
    const svg = parseXml(
      plot({
        x: { label: "norm", ticks: ["none", "batch"].map((name, value) => ({ value, label: name })) },
        y: { label: "accuracy" },
        series: [{ name: "", style: "scatter", points: [{ x: 0, y: 1, low: 0.5, high: 1.5 }] }],
      }),
    );
    expect(find(svg, "text").map(({ text }) => text)).toEqual(expect.arrayContaining(["none", "batch"]));
    expect(find(svg, "path")).toHaveLength(1);
  });

  it("draws categories down the y axis, the first at the top, with room for their names and errors along x", () => {
    const names = ["a", "a name of some length"];
    const svg = parseXml(
      plot({
        x: { label: "accuracy" },
        y: { label: "", ticks: names.map((label, value) => ({ value, label })), domain: [1.5, -0.5] },
        series: [
          {
            name: "",
            style: "scatter",
            errors: "x",
            points: [
              { x: 10, y: 0 },
              { x: 20, y: 1, low: 15, high: 40 },
            ],
          },
        ],
      }),
    );
    const [first, second] = find(svg, "circle").map(({ attributes }) => attributes);
    expect(Number(first.cy)).toBeLessThan(Number(second.cy));
    const [error] = find(svg, "path").map(({ attributes }) => attributes.d.match(/[\d.]+/g)!.map(Number));
    expect(error[1]).toBeCloseTo(Number(second.cy));
    expect(error[3]).toBeCloseTo(Number(second.cy));
    expect((error[2] - Number(second.cx)) / (Number(second.cx) - error[0])).toBeCloseTo(20 / 5);
    const name = find(svg, "text").find(({ text }) => text === names[1])!;
    expect(Number(name.attributes.x)).toBeGreaterThan(6 * names[1].length);
    expect(Number(first.cx)).toBeGreaterThan(Number(name.attributes.x));
    expect(() =>
      plot({ ...axes, series: [{ name: "s", errors: "x", points: [{ x: 1, y: 1, low: Number.NaN, high: 2 }] }] }),
    ).toThrow(/series "s" has classes seen = NaN/);
  });

  it("keeps every dot inside the frame, whatever the numbers and names", () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    // Any UTF-16, lone surrogates and control characters too.
    const words = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
      .map((codes) => String.fromCharCode(...codes));
    const points = fc.array(fc.record({ x: value, y: value, label: words }), { maxLength: 5 });
    const one = fc.record({ name: words, points, style: fc.constantFrom("line", "scatter") });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 3 }), words, (series, title) => {
        const svg = parseXml(plot({ ...axes, title, series: series as Plot["series"] }));
        for (const { attributes } of find(svg, "circle")) {
          expect(Number(attributes.cx)).toBeGreaterThanOrEqual(54);
          expect(Number(attributes.cx)).toBeLessThanOrEqual(466);
          expect(Number(attributes.cy)).toBeGreaterThanOrEqual(12);
          expect(Number(attributes.cy)).toBeLessThanOrEqual(276);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("puts the legend where it hides nothing", () => {
    const at = (points: readonly (readonly [number, number])[]): [boolean, boolean] => {
      const series = [{ name: "ours", style: "scatter" as const, points: points.map(([x, y]) => ({ x, y })) }];
      const name = find(parseXml(plot({ ...axes, series })), "text").find(({ text }) => text === "ours")!;
      return [Number(name.attributes.x) > 240, Number(name.attributes.y) < 160];
    };
    expect(at([[0, 0]])).toEqual([true, true]);
    const [low, middle, high] = [
      [0, 0],
      [5, 5],
      [10, 10],
    ] as const;
    expect(at([low, middle, high])).toEqual([false, true]);
    expect(at([low, high, [0, 10]])).toEqual([true, false]);
  });

  it("puts it between the corners where each of them has points", () => {
    const corners = [0, 10].flatMap((x) => [0, 10].map((y) => ({ x, y })));
    const series = [{ name: "ours", style: "scatter" as const, points: corners }];
    const name = find(parseXml(plot({ ...axes, series })), "text").find(({ text }) => text === "ours")!;
    // The plot is 320 high.
    expect(Number(name.attributes.y)).toBeGreaterThan(60);
    expect(Number(name.attributes.y)).toBeLessThan(250);
  });

  it("refuses what cannot be drawn, by the name of the series", () => {
    const broken = (y: number, scale: "linear" | "log"): Plot => ({
      x: axes.x,
      y: { ...axes.y, scale },
      series: [{ name: "ours", points: [{ x: 0, y }] }],
    });
    expect(() => plot(broken(Number.NaN, "linear"))).toThrow('plot: series "ours" has accuracy, % = NaN');
    expect(() => plot(broken(0, "log"))).toThrow("= 0 on a log axis");
  });
});

describe("figure", () => {
  it("places panels in rows", () => {
    const svg = parseXml(figure([line, line, line, line], { columns: 2 }));
    expect(svg.attributes.viewBox).toBe("0 0 960 640");
    const places = svg.children.filter(({ name }) => name === "g").map(({ attributes }) => attributes.transform);
    expect(places).toEqual(["translate(0 0)", "translate(480 0)", "translate(0 320)", "translate(480 320)"]);
    expect(parseXml(figure([])).name).toBe("svg");
  });
});
