// The job that fills a table: rows of methods under columns of settings, each cell of sets and networks that are jobs.

import { DatadamError } from "../../errors.ts";
import type { Storage } from "../../storage/index.ts";
import { configOf } from "../inputs/method.ts";
import { planCells } from "../plan/table.ts";
import type { PlanContext } from "../plan/types.ts";
import { planTable } from "../tables/plan.ts";
import { openRecords, type Records, unwritten } from "../tables/records.ts";
import { type CellResult, collect } from "../tables/results.ts";
import { JOB_KEYS, type TableJob, tableSchema, tableValue } from "../tables/schema.ts";
import { openSources, type Sources, type SourceTools } from "../tables/sources.ts";
import type { JobMaker, Plan, Unit } from "../tables/types.ts";
import { fillTable, isRecorded } from "../tables/work.ts";
import type { Context, JobValue, Kind, Readers } from "../types.ts";
import { distillKind } from "./distill/index.ts";
import type { DistillJob } from "./distill/job.ts";
import { configOfSelection, type SelectJob, selectKind } from "./select.ts";

/** Folder of the records in the folder of a job that names no other. */
export const RECORDS = "records";

export interface TableResult {
  readonly title: string | undefined;
  readonly cells: readonly CellResult[];
}

export const tableKind: Kind<TableJob, TableResult> = {
  kind: "table",
  about: "Fills a table: distils, selects and trains what is missing of its cells, and evaluates it.",
  schema: tableValue,
  jsonSchema: tableSchema,
  // A table grows: what is recorded of it stays true whatever else it is to hold.
  free: JOB_KEYS.filter((key) => key !== "kind"),
  stands,
  plan,
  run,
};

async function plan(context: PlanContext<TableJob>): Promise<void> {
  const { job, readers, storage } = context;
  const records = unwritten(openRecords(recordsOf(job, readers, storage)));
  const sources = openSources(records, context);
  const pending = await pendingUnits(planOf(job, readers), sources, records);
  const work = job.work === undefined ? storage : readers.storage(job.work);
  await planCells(context, pending, { storage: work, records, sources });
}

async function run(context: Context<TableJob>): Promise<TableResult> {
  const { job, folder, readers } = context;
  const opened = openTable(job, recordsOf(job, readers, folder.storage), context);
  const { plan, records, sources } = opened;
  await folder.begin({ versions: context.versions });
  const storage = job.work === undefined ? folder.storage : readers.storage(job.work);
  const failures = await fillTable(plan, { storage, records, sources, context });
  const [first] = failures;
  if (first !== undefined) {
    const { error, title } = first;
    const more = failures.length === 1 ? "" : ` (and ${failures.length - 1} more)`;
    throw new DatadamError(error.code, `${title}: ${error.message}${more}`, { hint: error.hint, cause: error });
  }
  return { title: plan.title, cells: await collect(plan, sources, records) };
}

/** Whether all is still recorded: records may lie outside of the folder, and be taken away. */
async function stands(context: Context<TableJob>): Promise<boolean> {
  const { job, folder, readers } = context;
  const { plan, sources, records } = openTable(job, recordsOf(job, readers, folder.storage), context);
  return (await pendingUnits(plan, sources, records)).length === 0;
}

/** What a table is to hold, and what is known of it. */
export interface OpenTable {
  readonly plan: Plan;
  readonly records: Records;
  readonly sources: Sources;
}

/** Plans a table over its records. @throws DatadamError INVALID_OPTION naming row and column */
export function openTable(job: TableJob, storage: Storage, tools: SourceTools): OpenTable {
  const records = openRecords(storage);
  return { plan: planOf(job, tools.readers), records, sources: openSources(records, tools) };
}

/** Checks all of a table. @throws DatadamError INVALID_OPTION naming row and column */
export function planOf(job: TableJob, { place }: Pick<Readers, "place"> = {}): Plan {
  return planTable(job, { place, make });
}

const make: JobMaker = (value) => {
  if (value.kind === "distill") {
    const job = parse<DistillJob>(distillKind, value);
    return { job, config: configOf(job) };
  }
  const job = parse<SelectJob>(selectKind, value);
  return { job, config: configOfSelection(job) };
};

/** @throws DatadamError INVALID_OPTION */
function parse<Job extends JobValue>({ schema }: Kind<Job>, value: unknown): Job {
  const result = schema.safeParse(JSON.parse(JSON.stringify(value)));
  if (result.success) return JSON.parse(JSON.stringify(result.data)) as Job;
  throw new DatadamError("INVALID_OPTION", result.error.issues.map(({ message }) => message).join("\n  "));
}

/** Units of which not all is recorded. */
export async function pendingUnits(plan: Plan, sources: Sources, records: Records): Promise<Unit[]> {
  const pending: Unit[] = [];
  for (const unit of plan.cells.flat().flatMap((cell) => cell.units)) {
    if (!(await isRecorded(unit, sources, records))) pending.push(unit);
  }
  return pending;
}

function recordsOf({ records }: TableJob, readers: Readers, storage: Storage): Storage {
  return records === undefined ? storage.at(RECORDS) : readers.storage(records);
}
