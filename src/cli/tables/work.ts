// The work of a table: sets, then networks, unit by unit. Several processes may do it at once, each what no other has begun.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { resolveZca } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../../images/types.ts";
import { versions } from "../../lab/node/versions.ts";
import { readForeign } from "../../lab/parts.ts";
import {
  canonicalJson,
  holdsSyntheticSet,
  makeFolder,
  openJournal,
  readSyntheticSet,
  SYNTHETIC_FILE,
  tryLock,
  writeSyntheticSet,
} from "../../run/index.ts";
import { finishRun } from "../distilling.ts";
import { measure, testOnce } from "../evaluating.ts";
import { given } from "../flags.ts";
import { prepareSource } from "../prepare.ts";
import { withTools } from "../tools.ts";
import { finishTraining } from "../training.ts";
import type { Ui } from "../ui.ts";
import { identify } from "./identity.ts";
import type { Execution } from "./plan.ts";
import type { Records } from "./records.ts";
import { choose } from "./selections.ts";
import type { LoadedData, Sources } from "./sources.ts";
import type { Identity, Plan, Unit } from "./types.ts";

/** Milliseconds between two looks at what another process holds. */
const WAIT = 500;

export interface Workplace {
  /** Sets and what is half done. */
  readonly folder: string;
  readonly records: Records;
  readonly sources: Sources;
  readonly execution: Execution;
  readonly ui: Ui;
}

/** What could not be measured. */
export interface Failure {
  readonly title: string;
  readonly error: DatadamError;
}

/** Measures all that is not recorded yet. A unit that fails is told and left; all others are measured. */
export async function fillTable(plan: Plan, place: Workplace): Promise<Failure[]> {
  const { ui } = place;
  const units = plan.cells.flat().flatMap((cell) => cell.units);
  const failures: Failure[] = [];
  const tests = new TestSets(place);
  let pending = units;
  let waiting = false;
  while (pending.length > 0) {
    const busy: Unit[] = [];
    for (const unit of pending) {
      try {
        if (!(await measureUnit(unit, { units, ...place, tests }))) busy.push(unit);
      } catch (error) {
        if (!(error instanceof DatadamError)) throw error;
        ui.reporter.end();
        ui.reporter.warn(`${unit.title}: ${error.message}`);
        failures.push({ title: unit.title, error });
      }
    }
    if (busy.length > 0 && busy.length === pending.length) {
      if (!waiting) ui.reporter.note(`waiting for another process, which is at ${busy[0]!.title}`);
      waiting = true;
      await setTimeout(WAIT);
    }
    pending = busy;
  }
  return failures;
}

interface Stage extends Workplace {
  readonly units: readonly Unit[];
  readonly tests: TestSets;
}

/** False where another process is at it. */
async function measureUnit(unit: Unit, stage: Stage): Promise<boolean> {
  const { records, sources, folder, units, ui } = stage;
  const identity = identify(unit, await sources.facts(unit), fileOf(unit, sources));
  if (missing(unit, identity, records).length === 0) return true;
  const place = join(folder, identity.setKey.slice(0, 16));
  const tell = (): void =>
    ui.reporter.note(`${units.indexOf(unit) + 1} of ${units.length}: ${unit.title}${seedOf(unit)}`);
  if (unit.subject.kind === "whole") {
    return (
      (await locked(join(place, identity.key.slice(0, 16)), async () => {
        tell();
        await trainWhole(unit, identity, join(place, identity.key.slice(0, 16), "training"), stage);
        return true;
      })) ?? false
    );
  }
  const set = await locked(place, async () => {
    tell();
    return makeSet(unit, join(place, "set"), stage);
  });
  if (set === undefined) return false;
  const own = join(place, identity.key.slice(0, 16));
  const done = await locked(own, async () => {
    // Another process may have measured it before this one had the lock.
    if (missing(unit, identity, records).length > 0) await measureSet(unit, identity, set, own, stage);
    return true;
  });
  return done ?? false;
}

function seedOf({ seed }: Unit): string {
  return seed === 0 ? "" : `, seed ${seed}`;
}

function fileOf(unit: Unit, sources: Sources): ReturnType<Sources["file"]> {
  const found = sources.file(unit);
  const { file } = unit.subject;
  if (found !== undefined || file === undefined) return found;
  const what = { set: "is no set", parameters: "are no parameters" }[file.holds];
  throw new DatadamError("RUN_NOT_FOUND", `there ${what} at ${file.path}`, {
    hint: "A path of a table is relative to its file.",
  });
}

/** Does the work where the folder's lock is free. */
async function locked<T>(folder: string, work: () => Promise<T>): Promise<T | undefined> {
  makeFolder(folder);
  const release = tryLock(folder);
  if (release === undefined) return undefined;
  try {
    return await work();
  } finally {
    release();
  }
}

/** Numbers of the networks that are not recorded. */
export function missing({ networks }: Unit, identity: Identity, records: Records): number[] {
  const known = records.accuracies(identity).length;
  return Array.from({ length: Math.max(0, networks - known) }, (_, i) => known + i);
}

async function makeSet(unit: Unit, folder: string, stage: Stage): Promise<SyntheticSet> {
  const { subject } = unit;
  const { sources, ui, execution } = stage;
  if (subject.kind === "file") return readFile(unit, subject, stage);
  if (subject.kind === "whole") throw new TypeError("a whole set is trained on, not made");
  if (subject.kind === "distill") {
    await finishRun(folder, subject.settings, ui);
  } else if (!existsSync(join(folder, SYNTHETIC_FILE))) {
    const { train } = await sources.load(unit);
    const { config } = subject.settings;
    const zca = resolveZca(config.zca, train.name);
    const prepared = await prepareSource(train, { zca, zcaEps: config.zcaEps }, ui, given(execution, ["workers"]));
    const { ipc, seed } = config;
    const { method, features, file } = subject;
    const set = await choose(prepared, { method, ipc, seed, features, parameters: file?.path }, execution, ui);
    // What it is, the folder's name and the record say.
    writeSyntheticSet(folder, { ...set, provenance: {} });
  }
  return readSyntheticSet(folder);
}

async function readFile(
  unit: Unit,
  { file: { path }, space }: Extract<Unit["subject"], { kind: "file" }>,
  { sources, execution, ui }: Stage,
): Promise<SyntheticSet> {
  if (holdsSyntheticSet(path)) return readSyntheticSet(path);
  const { train } = await sources.load(unit);
  const { set, notes } = await withTools(ui, execution, (tools) => readForeign(path, train, space, tools));
  for (const note of notes) ui.reporter.note(`${unit.title}: ${note}`);
  return set;
}

/** One network on all images. */
async function trainWhole(unit: Unit, identity: Identity, folder: string, stage: Stage): Promise<void> {
  const { records, execution, ui } = stage;
  if (missing(unit, identity, records).length === 0) return;
  const { network, protocol, seed } = identity.evaluation;
  const { name: arch, norm, width, depth, activation = "relu", pooling = "average" } = network as Record<string, never>;
  if (activation !== "relu" || pooling !== "average") {
    throw new DatadamError(
      "INVALID_OPTION",
      `a whole set is not trained on with ${activation} and pooling ${pooling}`,
      {
        hint: "Leave out activation and pooling for this row.",
      },
    );
  }
  const { job } = unit.subject.settings;
  const { name, epochs, batch } = protocol;
  const flags = { ...job, ...execution, arch, norm, width, depth, protocol: name, epochs, batch, seed };
  const result = await finishTraining(folder, { ...flags, zca: identity.set.zca === true }, ui);
  refuseOther(unit.title, result.network, network);
  records.add(identity, [result.accuracy], versions());
}

/** What was measured is what the record's name says. */
function refuseOther(title: string, measured: unknown, planned: unknown): void {
  if (canonicalJson(measured) === canonicalJson(planned)) return;
  throw new Error(`${title}: measured ${canonicalJson(measured)} instead of ${canonicalJson(planned)}`);
}

/** Trains the networks that are missing; those that are done outlive a kill in a journal. */
async function measureSet(
  unit: Unit,
  identity: Identity,
  set: SyntheticSet,
  folder: string,
  stage: Stage,
): Promise<void> {
  const { records, sources, tests, execution, ui } = stage;
  const recorded = records.accuracies(identity);
  const journal = openJournal(join(folder, "journal.jsonl"));
  try {
    const indices = missing(unit, identity, records).filter((index) => journal.get(String(index)) === undefined);
    if (indices.length > 0) {
      const data = await sources.load(unit);
      const measured = await measure(
        { [unit.title]: { ...set, provenance: identity.provenance } },
        await tests.of(data, set),
        {
          ...unit.choice,
          protocol: unit.protocol,
          seed: unit.seed,
          indices,
          onNetwork: (index, accuracy) => journal.add(String(index), accuracy),
        },
        given(execution, ["workers", "device"]),
        ui,
      );
      refuseOther(unit.title, measured[unit.title]!.network, identity.evaluation.network);
    }
    const { networks } = unit;
    const accuracies = Array.from({ length: networks }, (_, i) => recorded[i] ?? (journal.get(String(i)) as number));
    records.add(identity, accuracies, versions());
  } finally {
    journal.close();
  }
}

/** The test images as the networks of a set see them; whitening them takes seconds, so that the last ones are kept. */
class TestSets {
  readonly #place: Workplace;
  #last: { test: ImageSet; whiten: Float32Array; prepared: ImageSet | PreparedSet } | undefined;

  constructor(place: Workplace) {
    this.#place = place;
  }

  async of({ test }: LoadedData, set: SyntheticSet): Promise<ImageSet | PreparedSet> {
    const { zca } = set.preprocessing;
    if (zca === undefined) return test;
    if (this.#last?.test === test && equal(this.#last.whiten, zca.whiten)) return this.#last.prepared;
    this.#last = undefined;
    const prepared = await testOnce(test, set, this.#place.ui, given(this.#place.execution, ["workers"]));
    this.#last = { test, whiten: zca.whiten, prepared };
    return prepared;
  }
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return (
    a.length === b.length &&
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(new Uint8Array(b.buffer, b.byteOffset, b.byteLength))
  );
}
