// Runs of distillation: begun, gone on with, brought to their end.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { inspectDataset } from "../data/index.ts";
import {
  type DistillConfig,
  parseConfig,
  type ResolvedConfig,
  resolveConfig,
  shardObstacle,
} from "../distill/config/index.ts";
import { createEngine } from "../engine/index.ts";
import { DatadamError } from "../errors.ts";
import { imageSize } from "../images/index.ts";
import type { Dataset, PreparedSet } from "../images/types.ts";
import { versions } from "../lab/node/versions.ts";
import { openRun, type Run, type RunRecord, readRecord, readSyntheticSet, SYNTHETIC_FILE } from "../run/index.ts";
import { checkClasses } from "./classes.ts";
import { Interrupted } from "./fail.ts";
import { given } from "./flags.ts";
import { claimRun, show, slug } from "./folders.ts";
import { readInitialSet, recordInitial } from "./initial.ts";
import { prepareSource } from "./prepare.ts";
import { type DistillOutcome, driveRun } from "./session.ts";
import type { SettingFlags, Settings } from "./settings.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";
import { loadSource, reloadSource } from "./source.ts";
import type { CommonFlags, Ui } from "./ui.ts";

/** Larger sets are not read for warnings before each run; `datadam data info` does. */
const INSPECTED_BYTES = 2 ** 30;

export interface DistillFlags extends CommonFlags, SettingFlags {
  readonly out?: string;
  readonly resume?: string;
  readonly classes?: readonly number[];
  readonly checkpointEvery?: number;
  readonly printConfig?: boolean;
  /** Without `out`: the folder is `<stem>-<n>`. Default by data set and ipc. */
  readonly stem?: string;
}

/** Starts a new run and drives it to its end. Used by `demo` too. */
export async function startRun(flags: DistillFlags, settings: Settings, ui: Ui): Promise<DistillOutcome> {
  const { job, config } = settings;
  if (flags.classes !== undefined) requireShardable(config);
  const claim = claimRun(flags.out, flags.stem ?? `runs/${slug(job.dataset)}-ipc${config.ipc}`);
  const signals = watchSignals(claim.release, (signal) => tellStopping(signal, ui));
  try {
    ui.reporter.note(`loading ${job.dataset}`);
    const source = await loadSource(job, ui);
    const { train } = source.dataset;
    if (train.count * imageSize(train) <= INSPECTED_BYTES) {
      for (const warning of inspectDataset(source.dataset).warnings) ui.reporter.warn(warning);
    }
    const settled = resolveConfig(config, train);
    const classes = checkClasses(flags.classes, train.classNames);
    const prepared = await prepareSource(train, settled, ui, given(job, ["workers"]));
    const initial =
      job.initial === undefined
        ? undefined
        : recordInitial(job.initial, await readInitialSet(job.initial, train, ui, true));
    const record: RunRecord = {
      format: "datadam-run/1",
      preset: job.preset,
      seed: settled.seed,
      config: settled,
      dataset: source.description,
      classes,
      ...(initial === undefined ? {} : { initial }),
      versions: versions(),
      created: new Date().toISOString(),
    };
    const run = claim.begin(record, prepared.preprocessing);
    return await drive(run, source.dataset, prepared, flags, settings, signals, ui);
  } catch (error) {
    claim.abandon();
    throw error;
  } finally {
    signals.dispose();
    quietly(claim.release);
  }
}

/** Goes on with a run, which may be at its end already. */
export async function resumeRun(flags: DistillFlags, settings: Settings, ui: Ui): Promise<DistillOutcome> {
  if (flags.out !== undefined) {
    throw new DatadamError("INVALID_OPTION", "--out does not go with --resume", {
      hint: "A resumed run stays in its folder.",
    });
  }
  const run = openRun(flags.resume!);
  const signals = watchSignals(run.close, (signal) => tellStopping(signal, ui));
  try {
    refuseSelection(run);
    refuseConflicts(run.record, flags, settings);
    const { dataDir, store } = settings.job;
    const moved = {
      ...(settings.given.dataDir === undefined ? {} : { dataDir: dataDir! }),
      ...(settings.given.store === undefined ? {} : { store: store! }),
    };
    ui.reporter.note(`resuming ${show(run.directory)}`);
    const source = await reloadSource(run.record.dataset, moved, ui);
    const prepared = await prepareSource(
      source.dataset.train,
      run.record.config,
      ui,
      given(settings.job, ["workers"]),
      run.preprocessing(),
    );
    return await drive(run, source.dataset, prepared, flags, settings, signals, ui);
  } finally {
    signals.dispose();
    run.close();
  }
}

async function drive(
  run: Run,
  dataset: Dataset,
  prepared: PreparedSet,
  flags: DistillFlags,
  settings: Settings,
  signals: SignalWatch,
  ui: Ui,
): Promise<DistillOutcome> {
  const { job } = settings;
  const engine = await createEngine(given(job, ["workers", "device"]));
  try {
    const iterations = settings.given.iterations as number | undefined;
    const outcome = await driveRun({
      run,
      prepared,
      train: dataset.train,
      engine,
      ui,
      signals,
      ...(flags.checkpointEvery === undefined ? {} : { checkpointEvery: flags.checkpointEvery }),
      ...(flags.resume === undefined || iterations === undefined ? {} : { iterations }),
    });
    if (signals.requested !== undefined && outcome.iteration < outcome.iterations) {
      ui.reporter.warn(
        `stopped after iteration ${outcome.iteration} of ${outcome.iterations}; go on with: datadam distill --resume ${show(run.directory)}`,
      );
      throw new Interrupted(signals.requested);
    }
    return { ...outcome, dataset, prepared };
  } finally {
    await engine.close();
  }
}

function refuseSelection({ directory, record }: Run): void {
  if (record.selection === undefined) return;
  throw new DatadamError(
    "INVALID_OPTION",
    `${show(directory)} holds chosen images (${record.selection.method}): nothing to go on with`,
    {
      hint: `Distil from them by: datadam distill --init ${show(directory)}`,
    },
  );
}

/** Everything but where and how a run works is fixed when it is made. @throws DatadamError INVALID_OPTION naming what differs */
export function refuseConflicts(record: RunRecord, flags: DistillFlags, settings: Settings): void {
  const { given } = settings;
  const recorded: Record<string, unknown> = { ...record.config, preset: record.preset, ...jobOf(record) };
  const free = ["iterations", "workers", "device", "dataDir", "store"];
  const asGiven = settleQuietly(given, record);
  const conflicts = Object.keys(given)
    .filter((key) => !free.includes(key) && !same(asGiven[key] ?? given[key], recorded[key]))
    .map((key) => `${key} (the run has ${JSON.stringify(recorded[key] ?? null)}, given ${JSON.stringify(given[key])})`);
  const { initial } = settings.job;
  if (initial !== undefined && initial !== record.initial?.path) {
    conflicts.push(`init (the run has ${record.initial?.path ?? record.config.init}, given ${initial})`);
  }
  if (flags.classes !== undefined && !same(flags.classes, record.classes)) {
    conflicts.push(`classes (the run has ${record.classes?.join(",") ?? "all"}, given ${flags.classes.join(",")})`);
  }
  if (conflicts.length === 0) return;
  throw new DatadamError("INVALID_OPTION", `--resume does not go with another ${conflicts.join(", ")}`, {
    hint: "Leave these out to go on with the run as it is, or start a new run.",
  });
}

/** `auto` given on the command line means what it means for the run's data. */
function settleQuietly(given: Readonly<Record<string, unknown>>, record: RunRecord): Record<string, unknown> {
  const keys = Object.keys(given).filter((key) => key in record.config);
  const config: ResolvedConfig = resolveConfig(
    parseConfig({ ...record.config, ...Object.fromEntries(keys.map((key) => [key, given[key]])) }),
    record.dataset,
  );
  return { ...config };
}

function jobOf({ dataset }: RunRecord): Record<string, unknown> {
  const { source, size, channels, split, corrupt, labels = source === "cifar100" ? "fine" : undefined } = dataset;
  return { dataset: source, size, channels, split, labels, corrupt };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function requireShardable(config: DistillConfig): void {
  const obstacle = shardObstacle(config);
  if (obstacle === undefined) return;
  throw new DatadamError("INVALID_OPTION", `--classes does not go with this: ${obstacle.reason}`, {
    hint: obstacle.hint,
  });
}

function tellStopping(signal: NodeJS.Signals, ui: Ui): void {
  ui.reporter.warn(
    `${signal === "SIGINT" ? "Ctrl-C" : signal}: finishing this iteration and writing a checkpoint (again: stop at once)`,
  );
}

function quietly(tidy: () => void): void {
  try {
    tidy();
  } catch {
    // The failure that led here matters more.
  }
}

/**
 * Begins the run of a folder where there is none, goes on with it where it was stopped, does nothing where it is at its end.
 *
 * @throws DatadamError INVALID_OPTION where the folder's run is of another configuration.
 */
export async function finishRun(folder: string, flags: DistillFlags, settings: Settings, ui: Ui): Promise<void> {
  const { out: _, ...rest } = flags;
  if (!existsSync(join(folder, "config.json"))) {
    await startRun({ ...rest, out: folder }, settings, ui);
  } else if (!isFinished(folder, readRecord(folder), rest, settings)) {
    await resumeRun({ ...rest, resume: folder }, settings, ui);
  }
}

function isFinished(folder: string, record: RunRecord, flags: DistillFlags, settings: Settings): boolean {
  try {
    refuseConflicts(record, flags, settings);
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    throw new DatadamError(error.code, `${folder}: ${error.message}`, {
      hint: "Give the options that it was begun with, or another folder.",
    });
  }
  const wanted = (settings.given.iterations as number | undefined) ?? record.config.iterations;
  return existsSync(join(folder, SYNTHETIC_FILE)) && readSyntheticSet(folder).provenance.iteration === wanted;
}
