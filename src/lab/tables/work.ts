// The work of a table: sets, then networks, unit by unit, each a job. Several processes may do it at once: each takes
// what no other has begun.

import { DatadamError } from "../../errors.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import type { ResultEntry } from "../folder/results.ts";
import type { Context, Event, JobValue, Readers } from "../types.ts";
import { identify } from "./identity.ts";
import {
  evaluationFolder,
  evaluationJob,
  setFolder,
  setJob,
  trainingFolder,
  trainingJob,
  withBanks,
  withSet,
} from "./parts.ts";
import type { Records } from "./records.ts";
import { identityOf } from "./results.ts";
import type { Sources } from "./sources.ts";
import type { FileFacts, Identity, Plan, Unit } from "./types.ts";

/** Milliseconds between two looks at what another process holds. */
const WAIT = 500;

export interface Workplace {
  /** Sets and what is half done. */
  readonly storage: Storage;
  readonly records: Records;
  readonly sources: Sources;
  readonly context: Context;
}

/** What could not be measured. */
export interface Failure {
  readonly title: string;
  readonly error: DatadamError;
}

/** Measures all that is not recorded yet. A unit that fails is reported and passed over; all others are measured. */
export async function fillTable(plan: Plan, place: Workplace): Promise<Failure[]> {
  const { note, warn, signal, clock } = place.context;
  const units = plan.cells.flat().flatMap((cell) => cell.units);
  const failures: Failure[] = [];
  let pending = units;
  let waiting = false;
  while (pending.length > 0) {
    const busy: Unit[] = [];
    for (const unit of pending) {
      signal.throwIfAborted();
      try {
        if (!(await measureUnit(unit, { ...place, units }))) busy.push(unit);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof DatadamError)) throw error;
        warn(`${unit.title}: ${error.message}`);
        failures.push({ title: unit.title, error });
      }
    }
    if (busy.length > 0 && busy.length === pending.length) {
      if (!waiting) note(`waiting for another process, which is at ${busy[0]!.title}`);
      waiting = true;
      await clock.sleep(WAIT, signal);
    }
    pending = busy;
  }
  return failures;
}

interface Stage extends Workplace {
  readonly units: readonly Unit[];
}

/** False where another process is at it. */
async function measureUnit(unit: Unit, stage: Stage): Promise<boolean> {
  const { sources, records, storage } = stage;
  const file = await fileOf(unit, sources);
  const identity = await identify(unit, await sources.facts(unit), file);
  if ((await missing(unit, identity, records)).length === 0) return true;
  await sources.check(unit);
  const set = storage.at(setFolder(unit, identity));
  try {
    const accuracies =
      unit.subject.kind === "whole"
        ? await trainWhole(unit, identity, set.at(trainingFolder(identity)), stage)
        : await measureSet(unit, identity, file, set, stage);
    await records.add(identity, accuracies, stage.context.versions);
    stage.context.emit({ type: "result", key: unit.title, value: { seed: unit.seed, accuracies } });
    return true;
  } catch (error) {
    if (error instanceof DatadamError && ["RUN_HELD", "CLAIM_LOST"].includes(error.code)) return false;
    throw error;
  }
}

/** @throws DatadamError RUN_NOT_FOUND */
async function fileOf(unit: Unit, sources: Sources): Promise<FileFacts | undefined> {
  const found = await sources.file(unit);
  const { file } = unit.subject;
  if (found !== undefined || file === undefined) return found;
  const what = { set: "is no set", parameters: "are no parameters" }[file.holds];
  throw new DatadamError("RUN_NOT_FOUND", `there ${what} at ${file.path}`, {
    hint: "A path of a table is relative to its file.",
  });
}

/** Numbers of the networks that are not recorded. */
export async function missing({ networks }: Unit, identity: Identity, records: Records): Promise<number[]> {
  const known = (await records.accuracies(identity)).length;
  return Array.from({ length: Math.max(0, networks - known) }, (_, i) => known + i);
}

/** Whether there is nothing to measure of a unit. False where its images are not known. */
export async function isRecorded(unit: Unit, sources: Sources, records: Records): Promise<boolean> {
  const identity = await identityOf(unit, sources);
  return identity !== undefined && (await missing(unit, identity, records)).length === 0;
}

/** Makes the set where it has to be made, trains the networks that are missing. Gives the accuracies of all. */
async function measureSet(
  unit: Unit,
  identity: Identity,
  file: FileFacts | undefined,
  set: Storage,
  stage: Stage,
): Promise<readonly number[]> {
  const { subject } = unit;
  const { records, sources } = stage;
  if ("job" in subject) await part(setJob(subject.job, stage), set, unit, stage, withBanks(stage));
  const recorded = await records.accuracies(identity);
  const first = recorded.length;
  if (first >= unit.networks) return recorded;
  const path = subject.kind === "file" ? await sources.path(subject.file) : set.name;
  const { execution } = stage.context.job;
  const evaluation = evaluationJob(unit, identity, { path, first, foreign: file?.foreign ?? false, execution });
  const storage = set.at(evaluationFolder(unit, identity, first));
  const result = await part(evaluation, storage, unit, stage, withSet(set, sources.readers));
  const { distilled } = (result as { entries: readonly ResultEntry[] }).entries[0]!;
  assertPlannedNetwork(unit.title, distilled.network, identity.evaluation.network);
  return [...recorded, ...distilled.accuracies];
}

/** One network on all images. */
async function trainWhole(unit: Unit, identity: Identity, storage: Storage, stage: Stage): Promise<readonly number[]> {
  const training = trainingJob(unit, identity, stage.context.job.execution);
  const result = (await part(training, storage, unit, stage)) as { network: unknown; accuracy: number };
  assertPlannedNetwork(unit.title, result.network, identity.evaluation.network);
  return [result.accuracy];
}

/** Runs a job of a unit, whose events appear as the unit's. */
function part(
  job: JobValue | Readonly<Record<string, unknown>>,
  storage: Storage,
  unit: Unit,
  { context, units, sources }: Stage,
  readers: Readers = sources.readers,
): Promise<unknown> {
  const seed = unit.seed === 0 ? "" : `, seed ${unit.seed}`;
  const tell = (event: Event): void => {
    if (event.type === "started" || event.type === "resumed") {
      context.note(`${units.indexOf(unit) + 1} of ${units.length}: ${unit.title}${seed}`);
    } else if (event.type === "progress") {
      const stage = event.stage.startsWith("evaluating ") ? `evaluating ${unit.title}` : event.stage;
      context.emit({ ...event, stage });
    } else if (event.type === "note" || event.type === "warning") context.emit(event);
  };
  return context.part(JSON.parse(JSON.stringify(job)) as JobValue, storage, { readers, tell });
}

/** What was measured is what the record's name states. */
function assertPlannedNetwork(title: string, measured: unknown, planned: unknown): void {
  if (canonicalJson(measured) === canonicalJson(planned)) return;
  throw new Error(`${title}: measured ${canonicalJson(measured)} instead of ${canonicalJson(planned)}`);
}
