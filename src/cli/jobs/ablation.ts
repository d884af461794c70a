// Ablations of the command line: every combination of some configuration values as a table, a row each.

import { join, resolve } from "node:path";
import type { DistillConfig } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { job } from "../../lab/index.ts";
import { type OpenTable, openTable, RECORDS } from "../../lab/kinds/table.ts";
import { folder } from "../../lab/node/index.ts";
import {
  type CellResult,
  collect,
  csvTable,
  markdownTable,
  type TableFormat,
  type TableJob,
  type TableRow,
} from "../../lab/tables/index.ts";
import { makeFolder, placeFile } from "../../storage/node/index.ts";
import { parseProtocol } from "../../train/index.ts";
import { resolveSettings, type SettingFlags, type Settings } from "../settings.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { configAsked } from "./distilling.ts";
import { fill, readingTools } from "./tables.ts";

/** The flags of `datadam ablate` beside its settings. */
export interface AblateFlags {
  readonly out: string;
  readonly vary: readonly (readonly [key: string, values: readonly unknown[]])[];
  readonly networks: number | undefined;
  readonly protocol: string | undefined;
  readonly format: TableFormat | undefined;
  readonly checkpointEvery: number | undefined;
}

const EXTENSIONS: Readonly<Record<TableFormat, string>> = { markdown: "md", csv: "csv", json: "json" };

/** Settings that are the same for all combinations: where and how the work is done. */
const SHARED: readonly string[] = ["dataDir", "store", "corrupt", "workers", "device"];

/** What a combination asks for. */
interface Asked extends Pick<Settings, "job"> {
  readonly config: DistillConfig;
}

/** One combination. */
interface Cell {
  readonly values: readonly (readonly [key: string, value: unknown])[];
  /** Name of its folder. */
  readonly name: string;
  readonly settings: Asked;
  /** Where its result stands in the table. */
  readonly row: string;
  readonly column: string;
}

/** Distils and evaluates every combination that is not there yet, and prints the table. */
export async function ablate(settings: SettingFlags, flags: AblateFlags, ui: Ui): Promise<void> {
  const { out, checkpointEvery, format = ui.json ? "json" : "markdown" } = flags;
  // All of it is checked before any of it is done.
  if (flags.protocol !== undefined) parseProtocol(flags.protocol);
  const cells = grid(settings, flags.vary);
  const value = tableOf(cells, flags);
  const opened = openTable(value, folder(join(out, RECORDS)), readingTools(ui));
  makeFolder(out);
  for (const { row, obstacle } of leftOut(opened)) ui.reporter.warn(`${row} is left out: ${obstacle}`);
  const rows = async (): Promise<Row[]> => rowsOf(cells, opened);
  const write = async (): Promise<void> => {
    const text = `${render(await rows(), format)}\n`;
    await placeFile(join(out, `table.${EXTENSIONS[format]}`), (files, name) => files.write(name, text));
  };
  let writing: Promise<void> = Promise.resolve();
  try {
    await fill(value, out, ui, {
      checkpoint: { steps: checkpointEvery },
      stopped: () => "the same command resumes the ablation",
      onEvent(event) {
        if (event.type !== "result") return;
        writing = writing.then(write);
        // Told of at the end, by the same promise.
        writing.catch(() => undefined);
      },
    }).finally(() => writing);
  } catch (error) {
    if (!(error instanceof DatadamError && error.code === "RUN_EXISTS")) throw error;
    throw new DatadamError("INVALID_OPTION", error.message, {
      hint: "Give the options that it was started with, or another folder.",
      cause: error,
    });
  }
  await write();
  ui.result(render(await rows(), format), valuesOf(await rows()));
}

/** All combinations, the last key running fastest. */
function grid(given: SettingFlags, vary: AblateFlags["vary"]): Cell[] {
  const fixed = vary.find(([key]) => SHARED.includes(key));
  if (fixed !== undefined) {
    throw new DatadamError("INVALID_OPTION", `--vary: ${fixed[0]} is the same for all combinations`, {
      hint: "Give it as an option of its own.",
    });
  }
  let combinations: (readonly (readonly [string, unknown])[])[] = [[]];
  for (const [key, options] of vary) {
    combinations = combinations.flatMap((earlier) => options.map((value) => [...earlier, [key, value] as const]));
  }
  const columns = new Map<string, string>();
  const cells = combinations.map((values): Cell => {
    const set = [...(given.set ?? []), ...values.map(([key, value]) => [key, value] as [string, unknown])];
    const merged = resolveSettings({ ...given, set }, process.env, { assignments: "--set or --vary" });
    const settings = { job: merged.job, config: configAsked(merged) };
    const column = JSON.stringify(columnOf(settings));
    if (!columns.has(column)) columns.set(column, columnName(settings, [...columns.values()]));
    return {
      values,
      name: values.map(([key, value]) => `${key}=${slug(value)}`).join(","),
      settings,
      row: values.map(([key, value]) => `${key}=${show(value)}`).join(", "),
      column: columns.get(column)!,
    };
  });
  const twice = cells.find(({ name }, i) => cells.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new DatadamError("INVALID_OPTION", `--vary: two combinations have the name ${twice.name}`, {
      hint: "Give each value once.",
    });
  }
  return cells;
}

/** What a column of a table decides. */
function columnOf({ job: place, config }: Asked): Readonly<Record<string, unknown>> {
  const { dataset, size, channels, split, labels } = dataOf(place);
  return { dataset, size, channels, split, labels, ipc: config.ipc };
}

function columnName({ job: place, config }: Asked, known: readonly string[]): string {
  const name = `${place.dataset}, IPC ${config.ipc}`;
  return known.includes(name) ? `${name} (${known.length + 1})` : name;
}

/** The combinations as a table: those of the same images and number of images share a column. */
function tableOf(cells: readonly Cell[], { networks, protocol }: AblateFlags): TableJob {
  const first = cells[0]!.settings.job;
  const { dir, store, corrupt } = dataOf(first);
  const columns = new Map(cells.map(({ column, settings }) => [column, { name: column, ...columnOf(settings) }]));
  return job({
    kind: "table",
    folder: resolve("."),
    data: { dir, store, corrupt },
    networks,
    protocol,
    columns: [...columns.values()],
    rows: cells.map((cell) => rowOf(cell, [...columns.keys()])),
    execution: { workers: first.workers, device: first.device },
  }) as TableJob;
}

function rowOf({ row, column, name, settings }: Cell, columns: readonly string[]): TableRow {
  const { method, seed, ipc: _, init, ...config } = settings.config;
  const { preset, initial } = settings.job;
  const others = columns.filter((other) => other !== column).map((other) => [other, { skip: "another combination" }]);
  return {
    name: row,
    distill: method,
    preset,
    seeds: [seed],
    config: { ...config, init: initial ?? init },
    cells: { ...Object.fromEntries(others), [column]: { run: name } },
  };
}

/** Combinations that match nothing. */
function leftOut({ plan }: OpenTable): { row: string; obstacle: string }[] {
  return plan.cells
    .flat()
    .flatMap(({ row, obstacle }) =>
      obstacle === undefined || obstacle === "another combination" ? [] : [{ row, obstacle }],
    );
}

interface Row {
  readonly cell: Cell;
  readonly result: CellResult;
  /** Name of the protocol. */
  readonly protocol: string;
  /** Whether all networks are measured. */
  readonly done: boolean;
}

async function rowsOf(cells: readonly Cell[], { plan, sources, records }: OpenTable): Promise<Row[]> {
  const results = await collect(plan, sources, records);
  return cells.map((cell) => {
    const at = ({ row, column }: { row: string; column: string }): boolean =>
      row === cell.row && column === cell.column;
    const result = results.find(at)!;
    const protocol = plan.cells.flat().find(at)?.units[0]?.protocol.name ?? "";
    return { cell, result, protocol, done: result.wanted > 0 && result.measured.length === result.wanted };
  });
}

function render(rows: readonly Row[], format: TableFormat): string {
  if (format === "json") return JSON.stringify(valuesOf(rows), undefined, 2);
  const keys = rows[0]!.cell.values.map(([key]) => key);
  const header = ["iterations", "test accuracy, %", "std", "networks", "protocol"];
  const body = rows.map(({ cell, result, protocol, done }) => [
    ...cell.values.map(([, value]) => show(value)),
    ...(done
      ? [
          String(result.iterations),
          result.mean!.toFixed(1),
          result.measured.length > 1 ? result.std!.toFixed(1) : "",
          String(result.measured.length),
          protocol,
        ]
      : ["", result.leftOut === null ? "" : "left out", "", "", ""]),
  ]);
  return (format === "csv" ? csvTable : markdownTable)([...keys, ...header], body);
}

/** The rows as plain JSON. */
function valuesOf(rows: readonly Row[]): unknown {
  return rows.map(({ cell, result, protocol, done }) => ({
    values: Object.fromEntries(cell.values),
    run: cell.name,
    ...(result.leftOut === null ? {} : { leftOut: result.leftOut }),
    ...(done && {
      iteration: result.iterations,
      mean: result.mean,
      std: result.std,
      accuracies: result.measured.map(({ accuracy }) => accuracy),
      protocol,
    }),
  }));
}

/** A value as a part of a file name. */
function slug(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(/^\[|\]$/g, "").replaceAll(/[^\w.-]+/g, "-");
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
