// From the file of a table to what has to be measured. Everything is checked here, before anything is done.
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { datasets } from "../../data/index.js";
import { impossible } from "../../distill/config.js";
import { DatadamError } from "../../errors.js";
import { resolveProtocol } from "../../evaluate/index.js";
import { SYNTHETIC_FILE } from "../../run/index.js";
import { resolveSettings } from "../settings.js";
import { meant } from "./schema.js";
/** Of the environment, only what is no part of the numbers counts: a table says all of those itself. */
const ENVIRONMENT = ["DATADAM_DATA_DIR", "DATADAM_WORKERS", "DATADAM_DEVICE", "DATADAM_STORE"];
/** @throws DatadamError `INVALID_OPTION` naming row and column */
export function planTable(path, file, options) {
    const rows = pick("row", file.rows, options.only);
    const columns = pick("column", file.columns, options.columns);
    return {
        title: file.title,
        rows: rows.map(({ name }) => name),
        columns: columns.map(({ name, ipc }) => ({ name, ipc })),
        cells: rows.map((row) => columns.map((column) => planCell(path, file, row, column, options))),
    };
}
function pick(what, all, wanted) {
    if (wanted === undefined)
        return all;
    const names = all.map(({ name }) => name);
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown === undefined)
        return all.filter(({ name }) => wanted.includes(name));
    throw new DatadamError("INVALID_OPTION", `there is no ${what} ${meant(unknown, names)}`, {
        hint: `There are: ${names.join("; ")}.`,
    });
}
function planCell(path, file, row, column, execution) {
    const title = `${row.name}, ${column.name}`;
    const own = row.cells?.[column.name] ?? {};
    const cell = { row: row.name, column: column.name, published: own.published };
    const data = dataOf(file, column);
    try {
        const absent = typeof row.path === "object" && row.path[column.name] === undefined;
        if (absent || own.skip !== undefined)
            return { ...cell, obstacle: own.skip ?? "no file", units: [] };
        const choice = choiceOf(file, column);
        const protocol = row.whole ? protocolOf(row, {}, "whole") : protocolOf(file, column, "quick");
        const networks = row.whole ? 1 : (column.networks ?? file.networks ?? 3);
        const units = (row.seeds ?? file.seeds).map((seed) => {
            const subject = subjectOf(path, { file, row, column, cell: own }, data, seed, execution);
            return { title, seed, data, subject, protocol, networks, choice };
        });
        const problem = units.flatMap(({ subject }) => subject.kind === "distill" ? (impossible(subject.settings.config) ?? []) : [])[0];
        return problem === undefined
            ? { ...cell, obstacle: undefined, units }
            : { ...cell, obstacle: problem.reason, units: [] };
    }
    catch (error) {
        if (!(error instanceof DatadamError))
            throw error;
        throw new DatadamError(error.code, `${path}: row "${row.name}", column "${column.name}": ${error.message}`, {
            ...(error.hint === undefined ? {} : { hint: error.hint }),
            cause: error,
        });
    }
}
function subjectOf(path, { file, row, column, cell }, data, seed, execution) {
    const { dataDir, workers, device, store } = execution;
    if (column.ipc === undefined && row.path === undefined && !row.whole) {
        throw new DatadamError("INVALID_OPTION", "the column has no ipc, which this row needs");
    }
    const flags = {
        ...defined({ dataDir, workers, device, store }),
        ...data,
        dataset: placeOf(path, data.dataset),
        ...defined({ preset: row.preset, method: row.distill, ipc: column.ipc }),
        seed,
        ...file.config,
        ...column.config,
        ...row.config,
        ...cell.config,
    };
    const environment = Object.fromEntries(ENVIRONMENT.map((key) => [key, process.env[key]]));
    const settings = resolveSettings(flags, environment);
    if (settings.job.initial !== undefined) {
        throw new DatadamError("INVALID_OPTION", "init: a set at a path is nothing that a table can name its records by", {
            hint: "Name one of the initialisers that `datadam keys` lists.",
        });
    }
    if (row.distill !== undefined)
        return { kind: "distill", flags, settings };
    if (row.whole)
        return { kind: "whole", settings };
    if (row.select !== undefined) {
        const { select: method, features } = row;
        return { kind: "select", selection: { method, ...defined({ features }) }, settings };
    }
    const said = typeof row.path === "string" ? row.path : row.path[column.name];
    return { kind: "file", path: setFile(resolve(dirname(path), said)), said, space: row.space, settings };
}
/** The set of a run's folder, or the file itself. */
function setFile(path) {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, SYNTHETIC_FILE) : path;
}
function dataOf(file, column) {
    const { size, channels, split, labels } = { ...file, ...defined(column) };
    return { dataset: column.dataset ?? file.dataset ?? "builtin", ...defined({ size, channels, split, labels }) };
}
/** A known name, or a path relative to the table's file. */
function placeOf(path, dataset) {
    if (Object.hasOwn(datasets, dataset))
        return dataset;
    const place = resolve(dirname(path), dataset);
    return existsSync(place) ? place : dataset;
}
function protocolOf(file, column, usual) {
    const said = resolveProtocol(column.protocol ?? file.protocol ?? usual);
    const epochs = column.epochs ?? file.epochs ?? said.epochs;
    const batch = column.batch ?? file.batch ?? said.batch;
    return { ...said, epochs, batch };
}
function choiceOf(file, column) {
    const { arch, norm, width, depth, activation, pooling } = { ...file, ...defined(column) };
    return defined({ arch, norm, width, depth, activation, pooling });
}
function defined(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
//# sourceMappingURL=plan.js.map