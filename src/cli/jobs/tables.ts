// Tables of the command line: from a file to a job, run where something is missing, and printed from the records.

import { basename, dirname, join, resolve } from "node:path";
import { counted } from "../../counted.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { job, memory } from "../../lab/index.ts";
import { type OpenTable, openTable, pendingUnits } from "../../lab/kinds/table.ts";
import { folder, readers } from "../../lab/node/index.ts";
import {
  type Comparison,
  collect,
  compare,
  identityOf,
  missing,
  parseTable,
  render,
  type TableFormat,
  type TableJob,
  tablePlot,
  type Unit,
  values,
} from "../../lab/tables/index.ts";
import { placeFile } from "../../storage/node/index.ts";
import { readJsonFile } from "../jsonFile.ts";
import { printPlan } from "../plans/printPlan.ts";
import { resolveSettings } from "../settings.ts";
import { name } from "../shell/text.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { type RunningOptions, runJob } from "./running.ts";

/** The flags of `datadam table`. */
export interface TableFlags {
  readonly dataDir?: string | undefined;
  readonly workers?: number | undefined;
  readonly device?: Device | undefined;
  readonly format?: TableFormat | undefined;
  /** Rows and columns to keep. */
  readonly only?: readonly string[] | undefined;
  readonly column?: readonly string[] | undefined;
  readonly compare?: readonly string[] | undefined;
  readonly plot?: string | undefined;
  readonly work?: string | undefined;
  readonly records?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** False for `--no-run`. */
  readonly run?: boolean | undefined;
  readonly plan?: boolean | undefined;
}

/** Of the environment, only what is no part of the numbers counts: a table holds all of those itself. */
const ENVIRONMENT = ["DATADAM_DATA_DIR", "DATADAM_WORKERS", "DATADAM_DEVICE", "DATADAM_STORE"];

/** Runs what is missing of a table, and prints it. */
export async function runTable(path: string, flags: TableFlags, ui: Ui): Promise<void> {
  const { format = ui.json ? "json" : "markdown" } = flags;
  const stem = path.replace(/\.json$/i, "");
  const value = tableJob(path, flags, flags.records ?? `${stem}.records`);
  const opened = plannedFrom(path, () => openTable(value, folder(value.records!), readingTools(ui)));
  const { plan, records, sources } = opened;
  const compared = async (): Promise<Comparison[]> => {
    const results = await collect(plan, sources, records);
    return (flags.compare ?? []).flatMap((text) => compare(text, plan, results));
  };
  // Names of rows are checked before anything is run.
  await compared();
  if (flags.dryRun) {
    await printMissing(opened, ui);
    return;
  }
  const work = flags.work ?? join("runs", `table-${basename(stem)}`);
  if (flags.plan) return printPlan(value, { storage: folder(work) }, ui);
  const failure = flags.run === false ? undefined : await fillFrom(opened, value, work, ui);
  const report = { plan, results: await collect(plan, sources, records), comparisons: await compared() };
  if (flags.plot !== undefined) await placeFile(flags.plot, (files, name) => files.write(name, tablePlot(report)));
  ui.result(render(report, format), values(report));
  if (failure !== undefined) throw failure;
}

/** What is recorded of a table beside its file; nothing is run. */
export async function readTable(path: string, ui: Ui): Promise<Parameters<typeof render>[0]> {
  const value = tableJob(path, {}, `${path.replace(/\.json$/i, "")}.records`);
  const { plan, records, sources } = plannedFrom(path, () =>
    openTable(value, folder(value.records!), readingTools(ui)),
  );
  return { plan, results: await collect(plan, sources, records), comparisons: [] };
}

/** What a table is read with: reported on the terminal, never stopped. */
export function readingTools({ reporter }: Ui): Parameters<typeof openTable>[2] {
  const { note, warn, progress } = reporter;
  return { readers, signal: new AbortController().signal, note, warn, progress };
}

function tableJob(path: string, { dataDir, workers, device, only, column }: TableFlags, records: string): TableJob {
  const environment = Object.fromEntries(ENVIRONMENT.map((key) => [key, process.env[key]]));
  const { job: place } = resolveSettings({ dataDir, workers, device }, environment);
  const { dir, store } = dataOf(place);
  const { $schema: _, ...table } = parseTable(readJsonFile(path, { code: "INVALID_OPTION" }), path);
  return job({
    ...table,
    kind: "table",
    folder: dirname(resolve(path)),
    data: { dir, store },
    only: { rows: only, columns: column },
    records: resolve(records),
    execution: { workers: place.workers, device: place.device },
  }) as TableJob;
}

/** @throws DatadamError naming the file where the table cannot be planned */
function plannedFrom<T>(path: string, plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    throw new DatadamError(error.code, `${path}: ${error.message}`, { hint: error.hint, cause: error });
  }
}

/** Fills a table where something is missing. Gives what could not be measured; all else is, and is recorded. */
async function fillFrom(
  { plan, sources, records }: OpenTable,
  value: TableJob,
  work: string,
  ui: Ui,
): Promise<DatadamError | undefined> {
  if ((await pendingUnits(plan, sources, records)).length === 0) return undefined;
  try {
    await fill(value, work, ui, { stopped: () => "the same command resumes the table" });
    return undefined;
  } catch (error) {
    if (error instanceof DatadamError) return error;
    throw error;
  }
}

/** Runs a table in a folder; where another process runs one there, with it. */
export async function fill(value: TableJob, directory: string, ui: Ui, options: RunningOptions): Promise<void> {
  try {
    await runJob(value, folder(directory), ui, options);
  } catch (error) {
    if (!(error instanceof DatadamError && error.code === "RUN_HELD")) throw error;
    const { work = resolve(directory), records = resolve(directory, "records") } = value;
    ui.reporter.note("another process works there too: each takes what the other has not begun");
    await runJob({ ...value, work, records } as TableJob, memory(), ui, options);
  }
}

/** What a run would do, without doing it. */
async function printMissing({ plan, sources, records }: OpenTable, ui: Ui): Promise<void> {
  const units = plan.cells.flat().flatMap((cell) => cell.units);
  const pending: { unit: Unit; count: number; line: string }[] = [];
  for (const unit of units) {
    const identity = await identityOf(unit, sources);
    const count = identity === undefined ? unit.networks : (await missing(unit, identity, records)).length;
    if (count === 0) continue;
    const { title, seed, subject, protocol } = unit;
    const { file, config } = subject;
    const made = { distill: "distilled", select: "chosen", file: "read", whole: "trained on" }[subject.kind];
    const steps = subject.kind === "distill" ? `, ${counted(config.iterations, "iteration")}` : "";
    const lost = file !== undefined && (await sources.file(unit)) === undefined;
    const networks = counted(count, "network");
    const what = lost
      ? `there is no ${file.name}`
      : `${made}${steps}; ${networks}, ${protocol.name}, ${counted(protocol.epochs, "epoch")}`;
    pending.push({ unit, count, line: name(`${title}, seed ${seed}: ${what}`) });
  }
  ui.result([...pending.map(({ line }) => line), `${pending.length} of ${units.length} to do`].join("\n"), {
    total: units.length,
    missing: pending.map(({ unit, count }) => ({ title: unit.title, seed: unit.seed, networks: count })),
  });
}
