// From the value of a table to what has to be measured. All of it is checked here, before anything is done.

import { decidingArguments } from "../../data/readingTable.ts";
import { INITIALISERS, impossible, keysFor, nearest, parseConfig, presets } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { networkKeys } from "../../nn/index.ts";
import { parseProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import type { DataOptions } from "../inputs/data.ts";
import { defined } from "../inputs/load.ts";
import type { Readers } from "../types.ts";
import { pathFrom } from "./place.ts";
import { meant, seedsOf, type TableCell, type TableColumn, type TableJob, type TableRow } from "./schema.ts";
import type { JobMaker, NamedData, NamedFile, NetworkChoice, Plan, PlannedCell, Subject, Unit } from "./types.ts";

/** What a plan needs beside the table. */
export interface PlanTools extends Pick<Readers, "place"> {
  readonly make: JobMaker;
}

/** @throws DatadamError `INVALID_OPTION` naming row and column */
export function planTable(table: TableJob, tools: PlanTools): Plan {
  const rows = pick("row", table.rows, table.only?.rows);
  const columns = pick("column", table.columns, table.only?.columns);
  return {
    title: table.title,
    rows: rows.map(({ name }) => name),
    columns: columns.map(({ name, ipc }) => ({ name, ipc })),
    cells: rows.map((row) => columns.map((column) => planCell(table, row, column, tools))),
  };
}

function pick<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  wanted: readonly string[] | undefined,
): readonly T[] {
  if (wanted === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return all.filter(({ name }) => wanted.includes(name));
  throw new DatadamError("INVALID_OPTION", `there is no ${what} ${meant(unknown, names)}`, {
    hint: `There are: ${names.join("; ")}.`,
  });
}

function planCell(table: TableJob, row: TableRow, column: TableColumn, tools: PlanTools): PlannedCell {
  const title = `${row.name}, ${column.name}`;
  const tableCell: TableCell = row.cells?.[column.name] ?? {};
  const cell = { row: row.name, column: column.name, published: tableCell.published };
  const data = dataOf(table, column);
  try {
    const absent = typeof row.path === "object" && row.path[column.name] === undefined;
    if (absent || tableCell.skip !== undefined) return { ...cell, obstacle: tableCell.skip ?? "no file", units: [] };
    const source = sourceOf(table, data, tools);
    const choice = choiceOf(table, column);
    const protocol = row.whole ? protocolOf(row, {}, "whole") : protocolOf(table, column, "quick");
    const networks = row.whole ? 1 : (column.networks ?? table.networks ?? 3);
    const units = seedsOf(row, column, table.seeds).map((seed): Unit => {
      const subject = subjectOf({ table, row, column, cell: tableCell }, source, seed, tools.make);
      const { run } = tableCell;
      return {
        ...{ title, row: row.name, column: column.name, seed },
        ...{ data, source, subject, protocol, networks, choice, run },
      };
    });
    const problem = units.flatMap(({ subject }) =>
      subject.kind === "distill" ? (impossible(subject.config) ?? []) : [],
    )[0];
    return problem === undefined
      ? { ...cell, obstacle: undefined, units }
      : { ...cell, obstacle: problem.reason, units: [] };
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    throw new DatadamError(error.code, `row "${row.name}", column "${column.name}": ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

interface Place {
  readonly table: TableJob;
  readonly row: TableRow;
  readonly column: TableColumn;
  readonly cell: TableCell;
}

function subjectOf({ table, row, column, cell }: Place, source: DataOptions, seed: number, make: JobMaker): Subject {
  if (column.ipc === undefined && row.path === undefined && !row.whole) {
    throw new DatadamError("INVALID_OPTION", "the column has no ipc, which this row needs");
  }
  const { init, ...settings } = {
    // What all rows share may have keys of other methods.
    ...keysFor(row.distill, { ...table.config, ...column.config }),
    ...row.config,
    ...cell.config,
  } as Readonly<Record<string, unknown>>;
  const all: Readonly<Record<string, unknown>> = { ...settings, ...defined({ ipc: column.ipc }) };
  const { folder, execution } = table;
  if (row.distill !== undefined) {
    const start = startOf(init, folder);
    const made = make({
      kind: "distill",
      data: source,
      method: { ...all, ...defined({ name: row.distill, preset: row.preset, init: start.init }) },
      seed,
      initial: start.file?.path,
      bank: row.bank,
      execution,
    });
    return { kind: "distill", ...made, file: start.file };
  }
  if (row.select !== undefined) {
    const { select, features, parameters } = row;
    const file = parameters === undefined ? undefined : namedFile(folder, parameters, "parameters");
    const { iterations: _, ...chosen } = all;
    const method = { ...chosen, name: select };
    const made = make({ kind: "select", data: source, method, features, parameters: file?.path, seed, execution });
    return { kind: "select", ...made, method: select, features, file };
  }
  const preset = presets[source.dataset === "builtin" ? "quick" : "paper"];
  const config = parseConfig({ ...preset, ...all, seed });
  if (row.whole) return { kind: "whole", config, file: undefined };
  const path = typeof row.path === "string" ? row.path : row.path![column.name]!;
  return { kind: "file", config, file: namedFile(folder, path, "set"), space: row.space };
}

/** `init` of a row: an initialiser, or the path of a set. */
function startOf(
  init: unknown,
  folder: string | undefined,
): { readonly init: string | undefined; readonly file: NamedFile | undefined } {
  if (init === "set") {
    throw new DatadamError("INVALID_OPTION", "init set needs the set: give its path as init, relative to the table");
  }
  if (typeof init !== "string" || (INITIALISERS as readonly string[]).includes(init)) {
    return { init: init as string | undefined, file: undefined };
  }
  const near = nearest(init, INITIALISERS);
  if (near !== undefined && !/[\\/.]/.test(init)) {
    const message = `init: ${JSON.stringify(init)} is neither an initialiser nor a path; did you mean ${near}?`;
    throw new DatadamError("INVALID_OPTION", message, {
      hint: `Give ${INITIALISERS.filter((name) => name !== "set").join(", ")}, or the path of a run or of a set.`,
    });
  }
  return { init: undefined, file: namedFile(folder, init, "set") };
}

function namedFile(folder: string | undefined, name: string, holds: NamedFile["holds"]): NamedFile {
  return { path: pathFrom(folder, name), name, holds };
}

function dataOf(table: TableJob, column: TableColumn): NamedData {
  const all = { ...table, ...defined(column) } as TableColumn;
  const reading = Object.fromEntries(decidingArguments.map((key) => [key, all[key]]));
  return { dataset: column.dataset ?? table.dataset ?? "builtin", ...defined(reading) };
}

/** The same data, as they are read from here. */
function sourceOf(
  { folder, data = {} }: TableJob,
  { dataset, ...options }: NamedData,
  { place }: PlanTools,
): DataOptions {
  return { ...defined(data), dataset: place?.(dataset, folder ?? ".") ?? dataset, ...options };
}

type ProtocolKeys = Pick<TableColumn, "protocol" | "epochs" | "batch">;

function protocolOf(table: ProtocolKeys, column: ProtocolKeys, usual: string): Protocol {
  const named = parseProtocol(column.protocol ?? table.protocol ?? usual);
  const epochs = column.epochs ?? table.epochs ?? named.epochs;
  const batch = column.batch ?? table.batch ?? named.batch;
  return { ...named, epochs, batch };
}

function choiceOf(table: TableJob, column: TableColumn): NetworkChoice {
  const all = { ...table, ...defined(column) } as TableColumn;
  return defined(Object.fromEntries((["arch", ...networkKeys] as const).map((key) => [key, all[key]])));
}
