// A table as Markdown, CSV, JSON and a picture.
import { plot } from "../../plots/index.js";
import { csvTable, markdownTable } from "../table.js";
import { NOTABLE } from "./results.js";
export function render(report, format) {
    if (format === "json")
        return JSON.stringify(values(report), undefined, 2);
    return format === "csv" ? csv(report) : markdown(report);
}
/** The table as plain JSON. */
export function values({ plan: { title }, results, comparisons }) {
    return { ...(title === undefined ? {} : { title }), cells: results, comparisons };
}
function markdown({ plan, results, comparisons }) {
    const { title, rows, columns } = plan;
    const body = rows.map((row) => [row, ...resultsOf(results, row).map(cellText)]);
    return [
        ...(title === undefined ? [] : [`**${title}**`, ""]),
        markdownTable(["", ...columns.map(({ name }) => name)], body),
        "",
        ...caption(plan, results),
        ...(comparisons.length === 0 ? [] : ["", ...comparisons.map(comparisonText)]),
    ].join("\n");
}
function resultsOf(results, row) {
    return results.filter((cell) => cell.row === row);
}
/** `30.0 ± 0.8 (published 32.0 ± 1.2, -2.0)`. */
function cellText({ leftOut, mean, std, measured, wanted, published, difference }) {
    const known = published === null ? "" : `published ${spread(published.mean, published.std ?? 0)}`;
    if (leftOut !== null)
        return known === "" ? "left out" : `left out (${known})`;
    if (mean === null)
        return known === "" ? "" : `(${known})`;
    const own = spread(mean, measured.length > 1 ? std : 0);
    const partly = measured.length < wanted ? ` [${measured.length} of ${wanted}]` : "";
    if (difference === null)
        return own + partly;
    const far = isNotable(difference) ? "†" : "";
    return `${own}${partly} (${known}, ${signed(difference)}${far})`;
}
function isNotable(difference) {
    return Math.abs(difference) > NOTABLE;
}
function spread(mean, std) {
    return std === 0 ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${std.toFixed(1)}`;
}
function signed(value) {
    return `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}
/** How the numbers came about, and what the marks mean. */
function caption(plan, results) {
    const measured = results.filter(({ wanted }) => wanted > 0);
    const units = plan.cells.flat().flatMap((cell) => cell.units);
    const seeds = [...new Set(units.map(({ seed }) => seed))];
    const networks = [...new Set(units.filter(({ subject }) => subject.kind !== "whole").map((unit) => unit.networks))];
    const number = `${networks.join(" or ")} ${networks.join() === "1" ? "network" : "networks"}`;
    const each = seeds.length > 1 ? `seeds ${seeds.join(", ")} x ${number} each` : `${number}, seed ${seeds[0] ?? 0}`;
    const sources = new Set(results.flatMap(({ published }) => (published === null ? [] : [published.source])));
    const left = results.filter(({ leftOut }) => leftOut !== null && leftOut !== "no file");
    return [
        `Test accuracy in % at the last epoch, mean ± standard deviation over ${each}.`,
        units.some(({ subject }) => subject.kind === "whole") ? "The whole set is trained on once a seed." : "",
        told("Protocol", measured, ({ protocol }) => protocol),
        told("Networks", measured, ({ network }) => (network === null ? undefined : networkText(network))),
        told("Iterations", measured, ({ iterations }) => (iterations === null ? undefined : String(iterations))),
        ...(sources.size === 0 ? [] : [`Published values: ${[...sources].join("; ")}.`]),
        ...(results.some(({ difference }) => difference !== null && isNotable(difference))
            ? [`† more than ${NOTABLE} points from the published value.`]
            : []),
        ...(left.length === 0
            ? []
            : [`Left out: ${left.map(({ row, column, leftOut }) => `${row}, ${column} (${leftOut})`).join("; ")}.`]),
    ].filter((line) => line !== "");
}
/** `Protocol: quick.`; where cells differ, each value with the rows or columns that have it. */
function told(what, results, textOf) {
    const groups = new Map();
    for (const result of results) {
        const text = textOf(result);
        if (text !== undefined)
            groups.set(text, [...(groups.get(text) ?? []), result]);
    }
    if (groups.size === 0)
        return "";
    const all = results.filter((result) => textOf(result) !== undefined);
    const parts = [...groups].map(([text, own]) => (groups.size === 1 ? text : `${text} for ${whose(own, all)}`));
    return `${what}: ${parts.join("; ")}.`;
}
/** The rows, or the columns, where they have nothing else; else cell by cell. */
function whose(own, all) {
    for (const key of ["row", "column"]) {
        const names = [...new Set(own.map((cell) => cell[key]))];
        if (all.filter((cell) => names.includes(cell[key])).length === own.length)
            return names.join(", ");
    }
    return own.map(({ row, column }) => `${row} at ${column}`).join(", ");
}
function networkText(network) {
    const { name, depth, width, norm } = network;
    const facts = [
        depth === undefined ? "" : `depth ${depth}`,
        width === undefined ? "" : `width ${width}`,
        norm === undefined ? "" : `${norm} norm`,
    ].filter((fact) => fact !== "");
    return facts.length === 0 ? String(name) : `${name} (${facts.join(", ")})`;
}
function comparisonText({ a, b, column, mean, interval, pairs }) {
    const range = interval === null ? "" : ` (95 %: ${signed(interval.low)} to ${signed(interval.high)})`;
    return `${column}: ${a} is ${signed(mean)} points from ${b}${range}, ${pairs} ${pairs === 1 ? "pair" : "pairs"}.`;
}
function csv({ results }) {
    const header = ["row", "column", "mean", "std", "measured", "wanted", "iterations", "protocol"];
    const published = ["published mean", "published std", "published source", "difference"];
    const text = (value) => value === null || value === undefined ? "" : value.toFixed(2);
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
    ]);
    return csvTable([...header, ...published], body);
}
/** A line a row over the columns, or dots over the rows where there is one column. */
export function tablePlot({ plan, results }) {
    const { title, rows, columns } = plan;
    const single = columns.length === 1;
    const names = single ? rows : columns.map(({ name }) => name);
    const sizes = columns.map(({ ipc }) => ipc ?? 0);
    const bySize = !single && sizes.every((size) => size > 0) && new Set(sizes).size === sizes.length;
    const place = ({ row, column }) => {
        const at = columns.findIndex(({ name }) => name === column);
        return single ? rows.indexOf(row) : bySize ? sizes[at] : at;
    };
    const pointsOf = (own) => own.flatMap((cell) => {
        if (cell.mean === null)
            return [];
        const std = cell.std ?? 0;
        const label = `${cell.row}, ${cell.column}: ${spread(cell.mean, std)}`;
        return [{ x: place(cell), y: cell.mean, low: cell.mean - std, high: cell.mean + std, label }];
    });
    return plot({
        ...(title === undefined ? {} : { title }),
        x: {
            label: single ? columns[0].name : bySize ? "images a class" : "",
            ...(bySize ? { scale: "log" } : { domain: [-0.5, names.length - 0.5] }),
            ticks: bySize
                ? sizes.map((value) => ({ value, label: String(value) }))
                : names.map((label, value) => ({ value, label })),
        },
        y: { label: "test accuracy, %" },
        width: bySize
            ? 480
            : Math.max(480, names.reduce((total, name) => total + 7 * name.length + 12, 90)),
        series: single
            ? [{ name: "", style: "scatter", points: pointsOf(results) }]
            : rows.map((row) => ({ name: row, points: pointsOf(resultsOf(results, row)) })),
    });
}
//# sourceMappingURL=report.js.map