// The JSON file of a table: what it may say, and what is wrong where it says something else.
import * as z from "zod";
import { configKeys, expectation, nearest } from "../../distill/config.js";
import { DatadamError } from "../../errors.js";
import { resolveProtocol } from "../../evaluate/index.js";
import { networks } from "../../nn/index.js";
import { SELECT_METHODS } from "../../select/index.js";
import { readJsonFile } from "../jsonFile.js";
const count = z.int().positive();
const name = z.string().min(1);
const config = z.record(z.string(), z.unknown());
/** Where the images come from. */
const source = {
    dataset: name.optional(),
    size: count.optional(),
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
    split: z.number().gt(0).lt(1).optional(),
    labels: z.enum(["fine", "coarse"]).optional(),
};
/** How sets are evaluated. */
const evaluation = {
    protocol: name.optional(),
    epochs: count.optional(),
    batch: count.optional(),
    networks: count.optional(),
    arch: z.enum(Object.keys(networks)).optional(),
    norm: z.enum(["none", "instance", "group", "layer", "batch"]).optional(),
    width: count.optional(),
    depth: count.optional(),
    activation: z.enum(["relu", "leaky_relu", "sigmoid", "swish"]).optional(),
    pooling: z.enum(["average", "max", "none"]).optional(),
};
const published = z.strictObject({ mean: z.number(), std: z.number().nonnegative().optional(), source: name });
const cell = z.strictObject({
    published: published.optional(),
    config: config.optional(),
    skip: name.optional(),
});
const column = z.strictObject({ name, ipc: count.optional(), ...source, ...evaluation, config: config.optional() });
const KINDS = ["distill", "select", "path", "whole"];
const row = z.strictObject({
    name,
    distill: z.enum(["datadam", "dm", "dc", "dsa"]).optional(),
    select: z.enum(SELECT_METHODS).optional(),
    features: z.enum(["pixels", "convnet"]).optional(),
    path: z.union([name, z.record(z.string(), name)]).optional(),
    space: z.enum(["normalized", "pixels", "zca"]).optional(),
    whole: z.literal(true).optional(),
    preset: name.optional(),
    protocol: name.optional(),
    epochs: count.optional(),
    batch: count.optional(),
    config: config.optional(),
    seeds: z.array(z.int().nonnegative()).min(1).optional(),
    cells: z.record(z.string(), cell).optional(),
});
const table = z.strictObject({
    $schema: z.string().optional(),
    title: z.string().optional(),
    seeds: z.array(z.int().nonnegative()).min(1).default([0]),
    ...source,
    ...evaluation,
    config: config.optional(),
    columns: z.array(column).min(1),
    rows: z.array(row).min(1),
});
/** @throws DatadamError `INVALID_OPTION` with one line for each problem: which row or column, which key. */
export function readTableFile(path) {
    return parseTable(readJsonFile(path, { code: "INVALID_OPTION" }), path);
}
/** @param path for the messages. */
export function parseTable(value, path) {
    const result = table.safeParse(value);
    const file = result.data;
    const problems = file !== undefined ? check(file) : result.error.issues.flatMap((issue) => describe(issue, value));
    if (file !== undefined && problems.length === 0)
        return file;
    const lines = [...new Set(problems)];
    throw new DatadamError("INVALID_OPTION", lines.length === 1 ? `${path}: ${lines[0]}` : `${lines.length} problems in ${path}:\n  ${lines.join("\n  ")}`);
}
/** What the schema cannot say. */
function check({ rows, columns, protocol, seeds, config: shared }) {
    const names = columns.map((one) => one.name);
    const problems = [
        ...twice("row", rows),
        ...twice("column", columns),
        ...configProblems(shared, "config"),
        ...repeated("seeds", seeds),
        ...protocolProblems(protocol, "protocol"),
    ];
    for (const one of columns) {
        problems.push(...configProblems(one.config, `column "${one.name}"`));
        problems.push(...protocolProblems(one.protocol, `column "${one.name}": protocol`));
    }
    for (const one of rows) {
        const where = `row "${one.name}"`;
        const kinds = KINDS.filter((kind) => one[kind] !== undefined);
        if (kinds.length !== 1) {
            problems.push(`${where}: must have one of ${KINDS.join(", ")}${kinds.length > 1 ? `, has ${kinds.join(" and ")}` : ""}`);
        }
        if (one.preset !== undefined && one.distill === undefined)
            problems.push(`${where}: preset is for rows that distill`);
        if (one.features !== undefined && one.select === undefined)
            problems.push(`${where}: features is for rows that select`);
        if (one.space !== undefined && one.path === undefined)
            problems.push(`${where}: space is for rows of a path`);
        for (const key of ["protocol", "epochs", "batch"]) {
            if (one[key] === undefined || one.whole)
                continue;
            problems.push(`${where}: ${key} is for rows of the whole set; this one has that of the column`);
        }
        problems.push(...protocolProblems(one.protocol, `${where}: protocol`));
        problems.push(...configProblems(one.config, where), ...repeated(`${where}: seeds`, one.seeds ?? []));
        for (const [key, own] of Object.entries(one.cells ?? {})) {
            problems.push(...configProblems(own.config, `${where}, cell "${key}"`));
        }
        const paths = typeof one.path === "object" ? Object.keys(one.path) : [];
        for (const key of [...Object.keys(one.cells ?? {}), ...paths]) {
            if (!names.includes(key))
                problems.push(`${where}: there is no column ${meant(key, names)}`);
        }
    }
    return problems;
}
function twice(what, named) {
    const double = named.find(({ name: own }, i) => named.findIndex((other) => other.name === own) !== i);
    return double === undefined ? [] : [`two ${what}s have the name "${double.name}"`];
}
function repeated(where, seeds) {
    return new Set(seeds).size < seeds.length ? [`${where}: a seed comes twice`] : [];
}
/** Where and how a run works, and what table and columns say themselves, is no configuration of a row. */
const SAID_ELSEWHERE = ["ipc", "seed", "method"];
function configProblems(given, where) {
    const known = configKeys().map(({ key }) => key);
    return Object.keys(given ?? {}).flatMap((key) => {
        if (!known.includes(key))
            return [`${where}: unknown configuration key ${meant(key, known)}`];
        if (!SAID_ELSEWHERE.includes(key))
            return [];
        const place = { ipc: "ipc of the column", seed: "seeds", method: "distill of the row" }[key];
        return [`${where}: ${key} is not set by config, but by ${place}`];
    });
}
function protocolProblems(protocol, where) {
    try {
        if (protocol !== undefined)
            resolveProtocol(protocol);
        return [];
    }
    catch (error) {
        if (!(error instanceof DatadamError))
            throw error;
        return [`${where}: ${error.message}${error.hint === undefined ? "" : `. ${error.hint}`}`];
    }
}
/** `"DN"; did you mean DM?` */
export function meant(word, known) {
    const near = nearest(word, known);
    return `${JSON.stringify(word)}${near === undefined ? "" : `; did you mean ${near}?`}`;
}
function describe(issue, value) {
    const place = placeOf(issue.path, value);
    if (issue.code === "unrecognized_keys") {
        const known = keysAt(issue.path);
        return issue.keys.map((key) => `${place}unknown key ${meant(key, known)}`);
    }
    const got = issue.path.reduce((inner, part) => inner?.[part], value);
    if (got === undefined)
        return [`${place}is missing`];
    const known = issue.code === "invalid_value" ? issue.values.map(String) : [];
    const near = typeof got === "string" ? nearest(got, known) : undefined;
    return [
        `${place}${expectation(issue)}, got ${JSON.stringify(got)}${near === undefined ? "" : `; did you mean ${near}?`}`,
    ];
}
/** `row "DM": seeds: `; rows and columns by their names, where they have some. */
function placeOf(path, value) {
    const [list, index, ...rest] = path;
    if ((list !== "rows" && list !== "columns") || typeof index !== "number") {
        return path.length === 0 ? "" : `${path.join(".")}: `;
    }
    const own = value[list]?.[index]?.name;
    const title = `${list.slice(0, -1)} ${typeof own === "string" ? `"${own}"` : index + 1}`;
    return rest.length === 0 ? `${title}: ` : `${title}: ${rest.join(".")}: `;
}
function keysAt(path) {
    const shape = path.includes("published")
        ? published.shape
        : path.includes("cells")
            ? cell.shape
            : path[0] === "rows"
                ? row.shape
                : path[0] === "columns"
                    ? column.shape
                    : table.shape;
    return Object.keys(shape);
}
//# sourceMappingURL=schema.js.map