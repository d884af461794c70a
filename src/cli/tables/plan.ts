// From the file of a table to what has to be measured. Everything is checked here, before anything is done.

import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { datasets } from "../../data/index.ts";
import { impossible, keysFor } from "../../distill/config/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { SYNTHETIC_FILE } from "../../run/index.ts";
import { parseProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import type { DistillFlags } from "../distilling.ts";
import { resolveSettings } from "../settings.ts";
import { meant, type TableCell, type TableColumn, type TableFile, type TableRow } from "./schema.ts";
import type { AskedData, NamedFile, NetworkChoice, Plan, PlannedCell, Subject, Unit } from "./types.ts";

/** Where and how the work is done: no part of the numbers. */
export interface Execution {
  readonly dataDir?: string;
  readonly workers?: number;
  readonly device?: Device;
  readonly store?: "memory" | "disk" | "auto";
}

export interface PlanOptions extends Execution {
  /** Rows and columns to keep; all where absent. */
  readonly only?: readonly string[];
  readonly columns?: readonly string[];
}

/** Of the environment, only what is no part of the numbers counts: a table says all of those itself. */
const ENVIRONMENT = ["DATADAM_DATA_DIR", "DATADAM_WORKERS", "DATADAM_DEVICE", "DATADAM_STORE"];

/** @throws DatadamError `INVALID_OPTION` naming row and column */
export function planTable(path: string, file: TableFile, options: PlanOptions): Plan {
  const rows = pick("row", file.rows, options.only);
  const columns = pick("column", file.columns, options.columns);
  return {
    title: file.title,
    rows: rows.map(({ name }) => name),
    columns: columns.map(({ name, ipc }) => ({ name, ipc })),
    cells: rows.map((row) => columns.map((column) => planCell(path, file, row, column, options))),
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

function planCell(
  path: string,
  file: TableFile,
  row: TableRow,
  column: TableColumn,
  execution: Execution,
): PlannedCell {
  const title = `${row.name}, ${column.name}`;
  const own: TableCell = row.cells?.[column.name] ?? {};
  const cell = { row: row.name, column: column.name, published: own.published };
  const data = dataOf(file, column);
  try {
    const absent = typeof row.path === "object" && row.path[column.name] === undefined;
    if (absent || own.skip !== undefined) return { ...cell, obstacle: own.skip ?? "no file", units: [] };
    const choice = choiceOf(file, column);
    const protocol = row.whole ? protocolOf(row, {}, "whole") : protocolOf(file, column, "quick");
    const networks = row.whole ? 1 : (column.networks ?? file.networks ?? 3);
    const units = (row.seeds ?? file.seeds).map((seed): Unit => {
      const subject = subjectOf(path, { file, row, column, cell: own }, data, seed, execution);
      return { title, seed, data, subject, protocol, networks, choice };
    });
    const problem = units.flatMap(({ subject }) =>
      subject.kind === "distill" ? (impossible(subject.settings.config) ?? []) : [],
    )[0];
    return problem === undefined
      ? { ...cell, obstacle: undefined, units }
      : { ...cell, obstacle: problem.reason, units: [] };
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    throw new DatadamError(error.code, `${path}: row "${row.name}", column "${column.name}": ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

interface Place {
  readonly file: TableFile;
  readonly row: TableRow;
  readonly column: TableColumn;
  readonly cell: TableCell;
}

function subjectOf(
  path: string,
  { file, row, column, cell }: Place,
  data: AskedData,
  seed: number,
  execution: Execution,
): Subject {
  const { dataDir, workers, device, store } = execution;
  if (column.ipc === undefined && row.path === undefined && !row.whole) {
    throw new DatadamError("INVALID_OPTION", "the column has no ipc, which this row needs");
  }
  const flags: DistillFlags = {
    ...defined({ dataDir, workers, device, store }),
    ...data,
    dataset: placeOf(path, data.dataset),
    ...defined({ preset: row.preset, method: row.distill, ipc: column.ipc }),
    seed,
    // What all rows share may have keys of other methods.
    ...keysFor(row.distill, { ...file.config, ...column.config }),
    ...row.config,
    ...cell.config,
  };
  const environment = Object.fromEntries(ENVIRONMENT.map((key) => [key, process.env[key]]));
  const settings = resolveSettings(flags, environment, dirname(path));
  if (row.distill !== undefined) {
    const { initial } = settings.job;
    if (settings.config.init === "set" && initial === undefined) {
      throw new DatadamError("INVALID_OPTION", "init set needs the set: give its path as init, relative to the table");
    }
    const file = initial === undefined ? undefined : namedFile(path, String(flags.init), "set");
    return { kind: "distill", settings, file };
  }
  if (row.whole) return { kind: "whole", settings, file: undefined };
  if (row.select !== undefined) {
    const { select: method, features, parameters } = row;
    const file = parameters === undefined ? undefined : namedFile(path, parameters, "parameters");
    return { kind: "select", method, features, file, settings };
  }
  const said = typeof row.path === "string" ? row.path : row.path![column.name]!;
  return { kind: "file", file: namedFile(path, said, "set"), space: row.space, settings };
}

function namedFile(table: string, said: string, holds: NamedFile["holds"]): NamedFile {
  const path = resolve(dirname(table), said);
  return { path: holds === "set" ? setFile(path) : path, said, holds };
}

/** The set of a run's folder, or the file itself. */
function setFile(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, SYNTHETIC_FILE) : path;
}

function dataOf(file: TableFile, column: TableColumn): AskedData {
  const { size, channels, split, labels } = { ...file, ...defined(column) } as TableColumn;
  return { dataset: column.dataset ?? file.dataset ?? "builtin", ...defined({ size, channels, split, labels }) };
}

/** A known name, or a path relative to the table's file. */
function placeOf(path: string, dataset: string): string {
  if (Object.hasOwn(datasets, dataset)) return dataset;
  const place = resolve(dirname(path), dataset);
  return existsSync(place) ? place : dataset;
}

type ProtocolKeys = Pick<TableColumn, "protocol" | "epochs" | "batch">;

function protocolOf(file: ProtocolKeys, column: ProtocolKeys, usual: string): Protocol {
  const said = parseProtocol(column.protocol ?? file.protocol ?? usual);
  const epochs = column.epochs ?? file.epochs ?? said.epochs;
  const batch = column.batch ?? file.batch ?? said.batch;
  return { ...said, epochs, batch };
}

function choiceOf(file: TableFile, column: TableColumn): NetworkChoice {
  const { arch, norm, width, depth, activation, pooling } = { ...file, ...defined(column) } as TableColumn;
  return defined({ arch, norm, width, depth, activation, pooling });
}

function defined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
