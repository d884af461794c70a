// A table as Markdown, CSV, JSON and a picture.

import { counted } from "../../counted.ts";
import { type Axis, type FigureOptions, type Plot, type PlotPoint, plot } from "../../plots/index.ts";
import { type CellResult, type Comparison, NOTABLE } from "./results.ts";
import { csvTable, markdownName, markdownTable, markdownText } from "./text.ts";
import type { Plan } from "./types.ts";

export type TableFormat = "markdown" | "csv" | "json";

export interface Report {
  readonly plan: Plan;
  readonly results: readonly CellResult[];
  readonly comparisons: readonly Comparison[];
}

export function render(report: Report, format: TableFormat): string {
  if (format === "json") return JSON.stringify(values(report), undefined, 2);
  return format === "csv" ? csv(report) : markdown(report);
}

/** The table as plain JSON. */
export function values({ plan: { title }, results, comparisons }: Report): unknown {
  return { ...(title === undefined ? {} : { title }), cells: results, comparisons };
}

/** The table as a page shows it: the text of each cell, and how the numbers came about. */
export function shown({ plan, results, comparisons }: Report): TableText {
  return {
    title: plan.title,
    columns: plan.columns.map(({ name }) => name),
    rows: plan.rows.map((name) => ({ name, cells: resultsOf(results, name).map(cellText) })),
    notes: [...caption(plan, results), ...comparisons.map(comparisonText)],
  };
}

/** A table in words. */
export interface TableText {
  readonly title: string | undefined;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
  readonly notes: readonly string[];
}

function markdown({ plan, results, comparisons }: Report): string {
  const { title, rows, columns } = plan;
  const body = rows.map((row) => [markdownName(row), ...resultsOf(results, row).map(cellText)]);
  return [
    ...(title === undefined ? [] : [`**${markdownText(title)}**`, ""]),
    markdownTable(["", ...columns.map(({ name }) => markdownName(name))], body),
    "",
    ...caption(plan, results).map(markdownText),
    ...(comparisons.length === 0 ? [] : ["", ...comparisons.map(comparisonText).map(markdownText)]),
  ].join("\n");
}

function resultsOf(results: readonly CellResult[], row: string): readonly CellResult[] {
  return results.filter((cell) => cell.row === row);
}

/** `30.0 ± 0.8 (published 32.0 ± 1.2, -2.0)`. */
function cellText({ leftOut, mean, std, measured, wanted, published, difference }: CellResult): string {
  const known = published === null ? "" : `published ${spread(published.mean, published.std ?? 0)}`;
  if (leftOut !== null) return known === "" ? "left out" : `left out (${known})`;
  if (mean === null) return known === "" ? "" : `(${known})`;
  const measuredText = spread(mean, measured.length > 1 ? std! : 0);
  const partly = measured.length < wanted ? ` [${measured.length} of ${wanted}]` : "";
  if (difference === null) return measuredText + partly;
  const far = isNotable(difference) ? "†" : "";
  return `${measuredText}${partly} (${known}, ${signed(difference)}${far})`;
}

function isNotable(difference: number): boolean {
  return Math.abs(difference) > NOTABLE;
}

function spread(mean: number, std: number): string {
  return std === 0 ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${std.toFixed(1)}`;
}

function signed(value: number): string {
  const text = value.toFixed(1).replace(/^-(0\.0)$/, "$1");
  return text.startsWith("-") ? text : `+${text}`;
}

/** How the numbers came about, and what the marks mean. */
function caption(plan: Plan, results: readonly CellResult[]): string[] {
  const measured = results.filter(({ wanted }) => wanted > 0);
  const units = plan.cells.flat().flatMap((cell) => cell.units);
  const sources = new Set(results.flatMap(({ published }) => (published === null ? [] : [published.source])));
  const left = results.filter(({ leftOut }) => leftOut !== null && leftOut !== "no file");
  return [
    `Test accuracy in % at the last epoch, mean ± standard deviation over ${numbersOf(plan)}.`,
    units.some(({ subject }) => subject.kind === "whole") ? "The whole set is trained on once a seed." : "",
    grouped("Protocol", measured, ({ protocol }) => protocol),
    grouped("Networks", measured, ({ network }) => (network === null ? undefined : networkText(network))),
    grouped("Iterations", measured, ({ iterations }) => (iterations === null ? undefined : String(iterations))),
    ...(sources.size === 0 ? [] : [`Published values: ${[...sources].join("; ")}.`]),
    ...(results.some(({ difference }) => difference !== null && isNotable(difference))
      ? [`† more than ${NOTABLE} points from the published value.`]
      : []),
    ...(left.length === 0
      ? []
      : [`Left out: ${left.map(({ row, column, leftOut }) => `${row}, ${column} (${leftOut})`).join("; ")}.`]),
  ].filter((line) => line !== "");
}

/** `2 networks, seed 0`; where columns differ, each with its name. */
function numbersOf({ cells, columns }: Plan): string {
  const texts = new Map<string, string[]>();
  for (const { name } of columns) {
    const units = cells.flat().flatMap((cell) => (cell.column === name ? cell.units : []));
    if (units.length === 0) continue;
    const seeds = [...new Set(units.map(({ seed }) => seed))];
    const networks = [...new Set(units.filter(({ subject }) => subject.kind !== "whole").map((unit) => unit.networks))];
    const number = `${networks.join(" or ")} ${networks.join() === "1" ? "network" : "networks"}`;
    const text = seeds.length > 1 ? `seeds ${seeds.join(", ")} x ${number} each` : `${number}, seed ${seeds[0]}`;
    texts.set(text, [...(texts.get(text) ?? []), quoted(name)]);
  }
  return [...texts].map(([text, names]) => (texts.size === 1 ? text : `${text} for ${names.join(", ")}`)).join("; ");
}

/** `Protocol: quick.`; where cells differ, each value with the rows or columns that have it. */
function grouped(
  what: string,
  results: readonly CellResult[],
  textOf: (result: CellResult) => string | undefined,
): string {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const text = textOf(result);
    if (text !== undefined) groups.set(text, [...(groups.get(text) ?? []), result]);
  }
  if (groups.size === 0) return "";
  const all = results.filter((result) => textOf(result) !== undefined);
  const parts = [...groups].map(([text, cells]) => (groups.size === 1 ? text : `${text} for ${whose(cells, all)}`));
  return `${what}: ${parts.join("; ")}.`;
}

/** The rows, or the columns, where they have nothing else; else cell by cell. */
function whose(cells: readonly CellResult[], all: readonly CellResult[]): string {
  for (const key of ["row", "column"] as const) {
    const names = [...new Set(cells.map((cell) => cell[key]))];
    if (all.filter((cell) => names.includes(cell[key])).length === cells.length) return names.map(quoted).join(", ");
  }
  return cells.map(({ row, column }) => `${quoted(row)} at ${quoted(column)}`).join(", ");
}

/** A name that could not be told from two in a list. */
function quoted(name: string): string {
  return name.includes(",") ? `"${name}"` : name;
}

function networkText(network: Readonly<Record<string, unknown>>): string {
  const { name, depth, width, norm } = network;
  const facts = [
    depth === undefined ? "" : `depth ${depth}`,
    width === undefined ? "" : `width ${width}`,
    norm === undefined ? "" : norm === "none" ? "no norm" : `${norm} norm`,
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? String(name) : `${name} (${facts.join(", ")})`;
}

function comparisonText({ a, b, column, mean, interval, pairs }: Comparison): string {
  const range = interval === null ? "" : ` (95 %: ${signed(interval.low)} to ${signed(interval.high)})`;
  return `${column}: ${a} is ${signed(mean)} points from ${b}${range}, ${counted(pairs, "pair")}.`;
}

/** The cells; then, after an empty line, the comparisons. */
function csv({ results, comparisons }: Report): string {
  const header = ["row", "column", "mean", "std", "measured", "wanted", "iterations", "protocol"];
  const published = ["published mean", "published std", "published source", "difference", "left out"];
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? "" : value.toFixed(2);
  const body = results.map((cell) => [
    cell.row,
    cell.column,
    text(cell.mean),
    cell.measured.length > 1 ? text(cell.std) : "",
    String(cell.measured.length),
    String(cell.wanted),
    cell.iterations === null ? "" : String(cell.iterations),
    cell.protocol,
    text(cell.published?.mean),
    text(cell.published?.std),
    cell.published?.source ?? "",
    text(cell.difference),
    cell.leftOut ?? "",
  ]);
  const cells = csvTable([...header, ...published], body);
  if (comparisons.length === 0) return cells;
  const compared = comparisons.map(({ a, b, column, mean, interval, pairs }) => [
    a,
    b,
    column,
    text(mean),
    text(interval?.low),
    text(interval?.high),
    String(pairs),
  ]);
  const titles = ["row", "against", "column", "difference", "95 % from", "95 % to", "pairs"];
  return `${cells}\n\n${csvTable(titles, compared)}`;
}

/** A line a row over the columns, or dots along the rows where there is one column. */
export function tablePlot(report: Report, options: FigureOptions = {}): string {
  const { plan, results } = report;
  const { title, rows, columns } = plan;
  const titled = title === undefined ? {} : { title };
  if (columns.length === 1) return plot({ ...titled, ...dotsByRow(rows, columns[0]!.name, results) }, options);
  const sizes = columns.map(({ ipc }) => ipc ?? 0);
  const bySize = sizes.every((size) => size > 0) && new Set(sizes).size === sizes.length;
  const place = ({ column }: CellResult): number => {
    const at = columns.findIndex(({ name }) => name === column);
    return bySize ? sizes[at]! : at;
  };
  return plot(
    {
      ...titled,
      x: bySize
        ? { label: "images a class", scale: "log", ticks: sizes.map((value) => ({ value, label: String(value) })) }
        : { label: "", ...categories(columns.map(({ name }) => name)) },
      y: { label: ACCURACY },
      width: bySize
        ? 480
        : Math.max(
            480,
            columns.reduce((total, { name }) => total + 7 * name.length + 12, 90),
          ),
      series: rows.map((row) => ({
        name: row,
        points: resultsOf(results, row).flatMap((cell) =>
          spreads(cell, (y, errors) => ({ x: place(cell), y, ...errors })),
        ),
      })),
    },
    options,
  );
}

const ACCURACY = "test accuracy, %";

/** The first row at the top. */
function dotsByRow(rows: readonly string[], column: string, results: readonly CellResult[]): Omit<Plot, "title"> {
  const { ticks, domain } = categories(rows);
  const points = results.flatMap((cell) => spreads(cell, (x, errors) => ({ x, y: rows.indexOf(cell.row), ...errors })));
  return {
    x: { label: `${ACCURACY}, ${column}` },
    y: { label: "", ticks, domain: [domain[1], domain[0]] },
    width: 640,
    height: 80 + 18 * rows.length,
    series: [{ name: "", style: "scatter", errors: "x", points }],
  };
}

function categories(names: readonly string[]): {
  readonly ticks: NonNullable<Axis["ticks"]>;
  readonly domain: readonly [number, number];
} {
  return { ticks: names.map((label, value) => ({ value, label })), domain: [-0.5, names.length - 0.5] };
}

/** The dot of a cell, if it has one, with its standard deviation. */
function spreads(
  { row, column, mean, std }: CellResult,
  dot: (value: number, errors: Pick<PlotPoint, "low" | "high" | "label">) => PlotPoint,
): PlotPoint[] {
  if (mean === null) return [];
  const by = std ?? 0;
  return [dot(mean, { low: mean - by, high: mean + by, label: `${row}, ${column}: ${spread(mean, by)}` })];
}
