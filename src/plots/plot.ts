// Plots: frame, axes, marks, legend.

import { element, path, text } from "./svg.ts";
import { type Tick, ticks } from "./ticks.ts";
import type { Axis, Plot, PlotPoint, PlotSeries } from "./types.ts";

const [WIDTH, HEIGHT] = [480, 320];
const MARGIN = { top: 12, right: 14, bottom: 44, left: 54 } as const;
const TITLE = 20;
const FONT = "system-ui, sans-serif";

/** What a figure is drawn in. */
interface Palette {
  readonly series: readonly string[];
  readonly quiet: string;
  readonly lines: string;
  readonly paper: string;
  /** Of words; undefined for black. */
  readonly ink: string | undefined;
  readonly fontSize: number;
}

const SERIES = [1, 2, 3, 4, 5, 6, 7];
const PALETTES: Readonly<Record<"paper" | "page", Palette>> = {
  paper: {
    // The palette of Okabe and Ito, which colour-blind eyes can distinguish. In print the shape of the dots does.
    series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"],
    ...{ quiet: "#666", lines: "#e5e5e5", paper: "#fff", ink: undefined, fontSize: 11 },
  },
  page: {
    series: SERIES.map((number) => `var(--plot-${number})`),
    ...{ quiet: "var(--quiet)", lines: "var(--line)", paper: "var(--card)", ink: "var(--ink)", fontSize: 12 },
  },
};

/** A linear map of an axis' values, or of their logarithms, to pixels. */
interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/**
 * A plot as a standalone SVG document on white.
 *
 * @throws RangeError for a number that is not finite, or not positive on a log axis; the message names the series.
 */
export function plot(options: Plot, figureOptions: FigureOptions = {}): string {
  return figure([options], figureOptions);
}

export interface FigureOptions {
  /** Panels in a row. Default: all, at most 3. */
  readonly columns?: number;
  /**
   * `paper`: on white. `page`: in the custom properties `--ink`, `--quiet`, `--line`, `--card` and `--plot-1` to
   * `--plot-7` of the page that the text of the document is put into. Default `paper`.
   */
  readonly colours?: "paper" | "page";
}

/** Several plots side by side in one document. @throws RangeError as {@link plot} does. */
export function figure(
  panels: readonly Plot[],
  { columns = Math.max(1, Math.min(3, panels.length)), colours = "paper" }: FigureOptions = {},
): string {
  const palette = PALETTES[colours];
  const sizes = panels.map(({ width = WIDTH, height = HEIGHT }) => ({ width, height }));
  const cell = {
    width: Math.max(WIDTH / 4, ...sizes.map(({ width }) => width)),
    height: Math.max(HEIGHT / 4, ...sizes.map(({ height }) => height)),
  };
  const width = cell.width * Math.min(columns, Math.max(1, panels.length));
  const height = cell.height * Math.max(1, Math.ceil(panels.length / columns));
  const placed = panels.map((panel, i) => {
    const [x, y] = [(i % columns) * cell.width, Math.floor(i / columns) * cell.height];
    return element("g", { transform: `translate(${x} ${y})` }, ...drawPanel(panel, palette));
  });
  const shape = { viewBox: `0 0 ${width} ${height}`, width, height };
  const document = element(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", ...shape, role: "img" },
      ...{ "font-family": FONT, "font-size": palette.fontSize, fill: palette.ink },
    },
    text("title", {}, panels.flatMap(({ title, y, x }) => title ?? `${y.label} by ${x.label}`).join("; ")),
    element("rect", { width, height, fill: palette.paper }),
    ...placed,
  );
  return `${document}\n`;
}

function drawPanel({ title, x, y, series, width = WIDTH, height = HEIGHT }: Plot, palette: Palette): string[] {
  const top = MARGIN.top + (title === undefined ? 0 : TITLE);
  const box = { left: MARGIN.left + roomFor(y), right: width - MARGIN.right, top, bottom: height - MARGIN.bottom };
  for (const one of series) checkSeries(one, x, y);
  const spanned = (axis: "x" | "y"): number[] =>
    series.flatMap(({ points, errors = "y" }) =>
      points.flatMap((point) => [point[axis], ...(errors === axis ? errorsOf(point) : [])]),
    );
  const across = scaleOf(x, spanned("x"), [box.left, box.right], 6);
  const up = scaleOf(y, spanned("y"), [box.bottom, box.top], 5);
  return [
    ...(title === undefined
      ? []
      : [
          text("text", { x: (box.left + box.right) / 2, y: 18, "text-anchor": "middle", "font-weight": "bold" }, title),
        ]),
    ...drawAxes(x, y, across, up, box, height, palette),
    ...drawLegend(series, box, across, up, palette),
    ...series.flatMap((one, i) => drawSeries(one, i, across, up, palette)),
  ];
}

/** Pixels that the names of categories take beyond those of numbers. */
function roomFor({ ticks: given = [] }: Axis): number {
  return Math.max(0, ...given.map(({ label }) => 6 * [...label].length - 30));
}

function errorsOf({ low, high }: PlotPoint): number[] {
  return low === undefined || high === undefined ? [] : [low, high];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function drawAxes(
  x: Axis,
  y: Axis,
  across: Scale,
  up: Scale,
  box: Box,
  height: number,
  { quiet, lines }: Palette,
): string[] {
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
    element("line", { x1, y1, x2, y2, stroke });
  const middle = (box.top + box.bottom) / 2;
  return [
    ...up.ticks.flatMap(({ value, label }) => [
      line(box.left, up.at(value), box.right, up.at(value), lines),
      text("text", { x: box.left - 6, y: up.at(value) + 4, "text-anchor": "end", fill: quiet }, label),
    ]),
    ...across.ticks.flatMap(({ value, label }) => [
      line(across.at(value), box.bottom, across.at(value), box.bottom + 4, quiet),
      text("text", { x: across.at(value), y: box.bottom + 16, "text-anchor": "middle", fill: quiet }, label),
    ]),
    line(box.left, box.bottom, box.right, box.bottom, quiet),
    line(box.left, box.bottom, box.left, box.top, quiet),
    text("text", { x: (box.left + box.right) / 2, y: height - 10, "text-anchor": "middle" }, x.label),
    text(
      "text",
      { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle.toFixed(2)})` },
      y.label,
    ),
  ];
}

function drawSeries(
  { points, style = "line", errors = "y", dashed }: PlotSeries,
  index: number,
  across: Scale,
  up: Scale,
  palette: Palette,
): string[] {
  const colour = colourOf(index, palette);
  /** A point, or an end of its errors. */
  const at = ({ x, y }: PlotPoint, end?: number): [number, number] =>
    errors === "x" ? [across.at(end ?? x), up.at(y)] : [across.at(x), up.at(end ?? y)];
  const spread = points.filter((point) => errorsOf(point).length > 0);
  const drawn: string[] = [];
  if (style !== "scatter" && spread.length > 1) {
    const upper = spread.map((point) => at(point, point.high!));
    const lower = spread.map((point) => at(point, point.low!)).reverse();
    drawn.push(element("path", { d: `${path([...upper, ...lower])}Z`, fill: colour, "fill-opacity": 0.15 }));
  } else {
    for (const point of spread) {
      const ends = [at(point, point.low!), at(point, point.high!)];
      drawn.push(element("path", { d: path(ends), stroke: colour, fill: "none" }));
    }
  }
  if (style !== "scatter" && points.length > 1) {
    drawn.push(
      element("path", {
        d: path(points.map((point) => at(point))),
        fill: "none",
        stroke: colour,
        "stroke-width": 1.8,
        "stroke-dasharray": dashed ? "5 4" : undefined,
      }),
    );
  }
  // A single point would leave nothing of a curve.
  for (const point of style === "curve" && points.length > 1 ? [] : points) {
    const label = point.label === undefined ? [] : [text("title", {}, point.label)];
    drawn.push(drawDot(at(point), index, label, palette));
  }
  return drawn;
}

/** A circle, a square, a triangle, a diamond by turns. */
function drawDot(
  [x, y]: readonly [number, number],
  index: number,
  children: readonly string[],
  palette: Palette,
): string {
  const fill = { fill: colourOf(index, palette), "fill-opacity": 0.85 };
  const shape = index % 4;
  if (shape === 0) return element("circle", { cx: x, cy: y, r: 3, ...fill }, ...children);
  const corners: readonly (readonly (readonly [number, number])[])[] = [
    [],
    [
      [-2.7, -2.7],
      [2.7, -2.7],
      [2.7, 2.7],
      [-2.7, 2.7],
    ],
    [
      [0, -3.6],
      [3.3, 2.6],
      [-3.3, 2.6],
    ],
    [
      [0, -3.8],
      [3.8, 0],
      [0, 3.8],
      [-3.8, 0],
    ],
  ];
  const d = `${path(corners[shape].map(([dx, dy]) => [x + dx, y + dy] as const))}Z`;
  return element("path", { d, ...fill }, ...children);
}

/** In the corner where it lies over the fewest points, or between two corners where each has some. */
function drawLegend(series: readonly PlotSeries[], box: Box, across: Scale, up: Scale, palette: Palette): string[] {
  const named = series.flatMap((one, index) => (one.name === "" ? [] : [{ ...one, index }]));
  if (named.length === 0) return [];
  const row = 15;
  const width = Math.max(...named.map(({ name }) => [...name].length)) * 6 + 34;
  const height = named.length * row + 6;
  const [west, east] = [box.left + 4, box.right - width];
  const [north, south] = [box.top + 2, box.bottom - height - 4];
  const between = [0.25, 0.5, 0.75].map((share) => north + share * (south - north));
  const places: readonly (readonly [left: number, top: number])[] = [
    ...[north, south].flatMap((top) => [[east, top] as const, [west, top] as const]),
    ...between.flatMap((top) => [[east, top] as const, [west, top] as const]),
  ];
  const dots = series.flatMap(({ points }) => points.map(({ x, y }) => [across.at(x), up.at(y)] as const));
  const hidden = places.map(
    ([left, top]) =>
      dots.filter(([x, y]) => x > left - 6 && x < left + width + 6 && y > top - 6 && y < top + height + 6).length,
  );
  const [left, top] = places[hidden.indexOf(Math.min(...hidden))]!;
  return [
    element("rect", { x: left, y: top, width, height, fill: palette.paper, "fill-opacity": 0.8 }),
    ...named.flatMap(({ name, dashed, style, index }, i) => {
      const y = top + 11 + i * row;
      const line = { x1: left + 4, y1: y, x2: left + 22, y2: y, stroke: colourOf(index, palette) };
      return [
        ...(style === "scatter"
          ? []
          : [element("line", { ...line, "stroke-width": 1.8, "stroke-dasharray": dashed ? "5 4" : undefined })]),
        ...(style === "curve" ? [] : [drawDot([left + 13, y], index, [], palette)]),
        text("text", { x: left + 28, y: y + 4 }, name),
      ];
    }),
  ];
}

function colourOf(index: number, { series }: Palette): string {
  return series[index % series.length];
}

function scaleOf(axis: Axis, values: readonly number[], [from, to]: readonly [number, number], count: number): Scale {
  const kind = axis.scale ?? "linear";
  const log = kind === "log";
  const warp = (value: number): number => (log ? Math.log10(value) : value);
  const known = [...values, ...(axis.ticks ?? []).map((tick) => tick.value)];
  const [low, high] = axis.domain === undefined ? span(known.map(warp)) : axis.domain.map(warp);
  const at = (value: number): number => from + ((warp(value) - low) / (high - low)) * (to - from);
  const bounds = log ? [10 ** low, 10 ** high] : [low, high];
  return { at, ticks: axis.ticks ?? ticks(bounds[0], bounds[1], count, kind) };
}

/** What the values cover and a little more, never nothing. */
function span(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? 0.05 * (high - low) : Math.max(0.5, 0.05 * Math.abs(low));
  return [low - margin, high + margin];
}

function checkSeries({ name, points, errors = "y" }: PlotSeries, x: Axis, y: Axis): void {
  const check = (value: number | undefined, axis: Axis): void => {
    if (value === undefined) return;
    if (!Number.isFinite(value)) throw new RangeError(`plot: series "${name}" has ${axis.label} = ${value}`);
    if (axis.scale === "log" && value <= 0) {
      throw new RangeError(`plot: series "${name}" has ${axis.label} = ${value} on a log axis`);
    }
  };
  for (const point of points) {
    check(point.x, x);
    check(point.y, y);
    for (const value of [point.low, point.high]) check(value, errors === "x" ? x : y);
  }
}
