// The plan of a table: a line for each cell, of its set and of its networks.

import { networkFor } from "../../evaluate/index.ts";
import { prepare } from "../../images/index.ts";
import { readFinished } from "../folder/folder.ts";
import { loadData, requireTest } from "../inputs/load.ts";
import type { DistillJob } from "../kinds/distill/job.ts";
import { identify } from "../tables/identity.ts";
import {
  evaluationFolder,
  evaluationJob,
  setFolder,
  setJob,
  trainingFolder,
  trainingJob,
  withBanks,
  withSet,
} from "../tables/parts.ts";
import type { Records } from "../tables/records.ts";
import type { TableJob } from "../tables/schema.ts";
import type { Sources } from "../tables/sources.ts";
import type { Identity, Unit } from "../tables/types.ts";
import { missing } from "../tables/work.ts";
import type { JobValue } from "../types.ts";
import { type Known, planRow } from "./evaluate.ts";
import { planWhitening, realImages } from "./images.ts";
import type { Meter } from "./meter.ts";
import type { PlanContext } from "./types.ts";

/** Where a table works. */
export interface TableFacts {
  readonly storage: PlanContext["storage"];
  readonly records: Records;
  readonly sources: Sources;
}

/** @param pending units that are not recorded. */
export async function planCells(
  context: PlanContext<TableJob>,
  pending: readonly Unit[],
  facts: TableFacts,
): Promise<void> {
  const { meter } = context;
  const known: Known = { tests: new Map(), trainings: new Map() };
  const cells = new Map<string, Unit[]>();
  for (const unit of pending) cells.set(unit.title, [...(cells.get(unit.title) ?? []), unit]);
  for (const [title, units] of cells) {
    await meter.gather(title, units.length, "set", (own) => planUnit(units[0]!, context, own, facts, known));
  }
  if (pending.length > cells.size) meter.remark("Of several seeds of a cell one is measured: the others take as long.");
  const trained = pending.filter(({ subject }) => "job" in subject && typeof bankOf(subject.job) === "object");
  if (trained.length > 1)
    meter.remark("Each cell counts the bank of networks that it needs: those that share one train it once.");
}

function bankOf(job: JobValue): unknown {
  return (job as DistillJob).bank;
}

async function planUnit(
  unit: Unit,
  context: PlanContext<TableJob>,
  meter: Meter,
  facts: TableFacts,
  known: Known,
): Promise<void> {
  const { sources, records, storage } = facts;
  const file = await sources.file(unit);
  const identity = await identify(unit, await sources.facts(unit), file);
  const set = storage.at(setFolder(unit, identity));
  const { execution } = context.job;
  const { subject } = unit;
  if (subject.kind === "whole") {
    const place = set.at(trainingFolder(identity));
    await context.part(trainingJob(unit, identity, execution), place, { readers: sources.readers, meter });
    return;
  }
  if ("job" in subject) await context.part(setJob(subject.job, facts), set, { readers: withBanks(facts), meter });
  const [first] = await missing(unit, identity, records);
  if (first === undefined) return;
  const place = set.at(evaluationFolder(unit, identity, first));
  if (subject.kind === "file" || (await readFinished(set)) !== undefined) {
    const path = subject.kind === "file" ? await sources.path(subject.file) : set.name;
    const job = evaluationJob(unit, identity, { path, first, foreign: file?.foreign ?? false, execution });
    await context.part(job, place, { readers: withSet(set, sources.readers), meter });
    return;
  }
  await planNetworks(unit, identity, { ...context, meter, storage: place, readers: sources.readers }, first, known);
}

/** Networks on a set that is not there yet: on as many real images. */
async function planNetworks(
  unit: Unit,
  { provenance, evaluation, set }: Identity,
  context: PlanContext,
  first: number,
  known: Known,
): Promise<void> {
  const { dataset } = await loadData(unit.source, context);
  const { train } = dataset;
  const test = requireTest(dataset);
  const { zca, zcaEps, ipc, factor } = provenance as { zca: boolean; zcaEps: number; ipc: number; factor: number };
  if (zca) await planWhitening(context, { train, eps: zcaEps, fitted: false, count: test.count, kept: false });
  const { shape, classNames } = train;
  const prepared = await prepare(train, { zca: false });
  const images = ipc * classNames.length * (set.kind === "distill" || set.factor !== undefined ? factor ** 2 : 1);
  const row = {
    ...{ key: "0/distilled", title: "the set", first, networks: unit.networks - first },
    set: realImages(prepared, images),
    network: networkFor({ shape, classNames, provenance }, unit.choice, unit.protocol.norm),
    protocol: evaluation.protocol,
  };
  await planRow(context, row, await prepare(test, { zca: false }), known);
}
