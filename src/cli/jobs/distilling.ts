// Distillations of the command line: from settings to a job, begun, resumed, brought to their end.

import { join, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { datasets } from "../../data/index.ts";
import { decidingReading } from "../../data/readingTable.ts";
import {
  type DistillConfig,
  type PresetName,
  parseConfig,
  type ResolvedConfig,
  resolveConfig,
} from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { readRunRecord } from "../../lab/folder/record.ts";
import {
  type BankSettings,
  bankSettings,
  type DistillJob,
  type DistillResult,
  job,
  readJobFile,
  trainsNetworks,
} from "../../lab/index.ts";
import { configOf } from "../../lab/inputs/method.ts";
import { folder } from "../../lab/node/index.ts";
import { type RunRecord, SYNTHETIC_FILE } from "../../run/index.ts";
import { given } from "../flags.ts";
import { removeIfUnused, reserve, show, slug } from "../folders.ts";
import { printPlan } from "../plans/printPlan.ts";
import { duration } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { type Ran, runJob } from "./running.ts";

/** What a distillation is given beside its settings. */
export interface DistillFlags {
  readonly classes?: readonly number[] | undefined;
  /** Absolute. */
  readonly bank?: string | undefined;
  readonly log?: "tensorboard" | undefined;
  readonly checkpointEvery?: number | undefined;
}

/** A distillation that has ended. */
export interface Distilled extends Ran<DistillResult> {
  readonly directory: string;
}

/** The job that settings and flags ask for. @throws DatadamError INVALID_OPTION */
export function distillJob(
  { job: place, values, where, sources }: Settings,
  { classes, bank, log }: Pick<DistillFlags, "classes" | "bank" | "log"> = {},
): DistillJob {
  const { method: name, seed, ...rest } = values;
  const { preset, initial } = place;
  const found = bank === undefined ? { within: resolve("banks") } : { path: bank };
  // Of a bank that is made first: its draws, and the images of a class in each.
  const own = Object.entries({ draws: "draws", images: "batchReal" })
    .filter(([, key]) => ["flag", "environment", "file"].includes(sources[key]!))
    .map(([part, key]) => [part, values[key]]);
  const asked = {
    kind: "distill",
    data: dataOf(place),
    method: { ...rest, name, preset },
    seed,
    initial,
    classes,
    bank: trainsNetworks(preset) ? { ...found, ...Object.fromEntries(own) } : bank,
    execution: { ...given(place, ["workers", "device"]), log },
  };
  return job(asked, where) as DistillJob;
}

/** The configuration of that job. @throws DatadamError INVALID_OPTION */
export function configAsked(settings: Settings, flags?: Pick<DistillFlags, "classes" | "bank">): DistillConfig {
  return configOf(distillJob(settings, flags));
}

/**
 * What a bank says where nothing else was said; undefined where there is none and the preset makes one.
 *
 * @throws DatadamError RUN_NOT_FOUND
 */
export async function settingsOfBank(directory: string, preset?: unknown): Promise<BankSettings | undefined> {
  try {
    return await bankSettings(folder(directory));
  } catch (error) {
    const missing = error instanceof DatadamError && error.code === "RUN_NOT_FOUND";
    if (missing && trainsNetworks(preset as PresetName)) return undefined;
    throw error;
  }
}

/** Runs a distillation in a folder, or in `<stem>-<n>` with the first free number. */
export async function startRun(
  value: DistillJob,
  { out, stem, checkpointEvery }: { out?: string | undefined; stem?: string; checkpointEvery?: number | undefined },
  ui: Ui,
): Promise<Distilled> {
  const directory = out ?? reserve(stem ?? `runs/${slug(value.data.dataset)}-ipc${value.method.ipc}`);
  try {
    return await runDistillation(value, directory, checkpointEvery, ui);
  } catch (error) {
    if (out === undefined) removeIfUnused(directory);
    if (!(error instanceof DatadamError && error.code === "RUN_EXISTS")) throw error;
    throw new DatadamError(error.code, error.message, {
      hint: `Resume it by --resume ${show(directory)}, or choose another folder with --out.`,
      cause: error,
    });
  }
}

/** The method of a distillation; undefined where there is none. */
export async function methodOf(directory: string): Promise<string | undefined> {
  const earlier = await readJobFile(folder(directory));
  return earlier?.kind === "distill" ? (earlier as DistillJob).method?.name : undefined;
}

/** Resumes the run of a folder, which may be at its end already. */
export async function resumeRun(
  directory: string,
  settings: Settings,
  { checkpointEvery, ...flags }: DistillFlags,
  ui: Ui,
): Promise<Distilled> {
  return runDistillation(await resumedJob(directory, settings, flags), directory, checkpointEvery, ui);
}

/** Prints what a new run, or one that is resumed, will take. */
export async function planRun(
  settings: Settings,
  { classes, bank, out, resume, checkpointEvery }: DistillFlags & { readonly out?: string; readonly resume?: string },
  ui: Ui,
): Promise<void> {
  if (resume !== undefined) assertNoOut(out);
  const flags = { classes, bank };
  const value = resume === undefined ? distillJob(settings, flags) : await resumedJob(resume, settings, flags);
  const directory = resume ?? out;
  const storage = directory === undefined ? undefined : folder(directory);
  await printPlan(value, { storage, checkpoint: { steps: checkpointEvery } }, ui);
}

/** The job of a run that is resumed. @throws DatadamError INVALID_OPTION */
async function resumedJob(
  directory: string,
  settings: Settings,
  { classes, bank, log }: DistillFlags,
): Promise<DistillJob> {
  const storage = folder(directory);
  const earlier = await readJobFile(storage);
  if (earlier === undefined || earlier.kind === "select") {
    // Chosen images; anything else without a job is not a run.
    const record = await readRunRecord(storage);
    throw new DatadamError("INVALID_OPTION", `${show(directory)} holds chosen images (${record.selection?.method})`, {
      hint: `There is nothing to resume. Distil from them by: datadam distill --init ${show(directory)}`,
    });
  }
  if (earlier.kind !== "distill") {
    throw new DatadamError("INVALID_OPTION", `${show(directory)} holds a job of the kind ${earlier.kind}`, {
      hint: `Resume it by: datadam run ${join(show(directory), "job.json")} --out ${show(directory)}`,
    });
  }
  const begun = (await storage.size("record.json")) !== undefined;
  const record = begun ? await readRunRecord(storage) : undefined;
  if (record !== undefined) assertNoConflicts(record, classes, settings);
  const { execution, ...value } = moved(earlier as DistillJob, settings, bank, record);
  return { ...value, execution: { ...execution, ...(log && { log }) } };
}

/** @throws DatadamError INVALID_OPTION */
export function assertNoOut(out: string | undefined): void {
  if (out === undefined) return;
  throw new DatadamError("INVALID_OPTION", "--out does not go with --resume", {
    hint: "A resumed run stays in its folder.",
  });
}

async function runDistillation(
  value: DistillJob,
  directory: string,
  checkpointEvery: number | undefined,
  ui: Ui,
): Promise<Distilled> {
  const storage = folder(directory);
  const { iterations } = value.method;
  let reached = 0;
  const tellTime = timeTeller(ui);
  const ran = await runJob<DistillResult>(value, storage, ui, {
    checkpoint: { steps: checkpointEvery },
    stopping: "finishing this iteration and writing a checkpoint",
    onEvent(event) {
      if (event.type === "checkpoint") reached = event.number;
      if (event.type === "progress" && event.stage === "distilling") tellTime(event.done, event.total);
    },
    stopped: (last) =>
      last === undefined
        ? undefined
        : `stopped after iteration ${reached} of ${iterations}; resume with: datadam distill --resume ` +
          `${show(storage.name)}`,
  });
  return { ...ran, directory: storage.name };
}

/** Steps and milliseconds that are measured before it is told how long all will take. */
const [MEASURED_STEPS, MEASURED_TIME] = [3, 3000];
/** Seconds that are not worth a word. */
const SHORT = 60;

/** Says once how long a distillation takes, after its first steps. The first may be slow: it is not counted. */
function timeTeller({ reporter }: Ui): (done: number, total: number) => void {
  let first: { readonly done: number; readonly time: number } | undefined;
  let told = false;
  return (done, total) => {
    const time = performance.now();
    first ??= { done, time };
    const steps = done - first.done;
    if (told || steps < MEASURED_STEPS || time - first.time < MEASURED_TIME) return;
    told = true;
    const seconds = ((time - first.time) / 1000 / steps) * (total - done);
    if (seconds < SHORT) return;
    reporter.note(`${total - done} more iterations take about ${duration(seconds)}; Ctrl-C keeps what is done`);
  };
}

/** The job of a run with what may be another each time: iterations, where images and bank are, what computes. */
function moved(
  earlier: DistillJob,
  { given: words, job: place }: Settings,
  bank = earlier.bank,
  record?: RunRecord,
): DistillJob {
  const { dir = pathInstead(record, words.dataset), store } = dataOf(place);
  const data = {
    ...earlier.data,
    ...(dir === undefined ? {} : { dir }),
    ...(words.store === undefined ? {} : { store }),
  };
  const iterations = (words.iterations as number | undefined) ?? earlier.method.iterations;
  const execution = { ...earlier.execution, ...given(place, ["workers", "device"]) };
  return { ...earlier, data, method: { ...earlier.method, iterations }, bank, execution };
}

/**
 * Everything but where and how a run works is fixed when it is made.
 *
 * @throws DatadamError INVALID_OPTION naming what differs
 */
function assertNoConflicts(record: RunRecord, classes: readonly number[] | undefined, settings: Settings): void {
  const { given: words } = settings;
  const recorded: Record<string, unknown> = { ...record.config, preset: record.preset, ...placeOf(record) };
  const free = ["iterations", "workers", "device", "dataDir", "store"];
  // Another path of the same images: whether it is one, their fingerprint decides.
  if (pathInstead(record, words.dataset) !== undefined) free.push("dataset");
  const asGiven = resolveForRun(words, record);
  const conflicts = Object.keys(words)
    .filter((key) => !free.includes(key) && !same(asGiven[key] ?? words[key], recorded[key]))
    .map((key) => `${key} (the run has ${JSON.stringify(recorded[key] ?? null)}, given ${JSON.stringify(words[key])})`);
  const { initial } = settings.job;
  if (initial !== undefined && initial !== record.initial?.path) {
    conflicts.push(`init (the run has ${record.initial?.path ?? record.config.init}, given ${initial})`);
  }
  if (classes !== undefined && !same(classes, record.classes)) {
    conflicts.push(`classes (the run has ${record.classes?.join(",") ?? "all"}, given ${classes.join(",")})`);
  }
  if (conflicts.length === 0) return;
  throw new DatadamError("INVALID_OPTION", `--resume does not go with another ${conflicts.join(", ")}`, {
    hint: "Leave these out to resume the run as it is, or start a new run.",
  });
}

/** The path that is given for a data set which was a path, too. */
function pathInstead(record: RunRecord | undefined, given: unknown): string | undefined {
  if (record === undefined || typeof given !== "string" || isName(given)) return undefined;
  const { source, dir } = record.dataset;
  return dir === undefined && !isName(source) ? resolve(given) : undefined;
}

function isName(dataset: string): boolean {
  return Object.hasOwn(datasets, dataset);
}

/** `auto` given on the command line means what it means for the run's data. */
function resolveForRun(words: Readonly<Record<string, unknown>>, record: RunRecord): Record<string, unknown> {
  const keys = Object.keys(words).filter((key) => key in record.config);
  const config: ResolvedConfig = resolveConfig(
    parseConfig({ ...record.config, ...Object.fromEntries(keys.map((key) => [key, words[key]])) }),
    record.dataset,
  );
  return { ...config };
}

function placeOf({ dataset }: RunRecord): Record<string, unknown> {
  const { source, labels = source === "cifar100" ? "fine" : undefined } = dataset;
  return { dataset: source, ...decidingReading(dataset), labels };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Says where the set is. */
export function printDistilled({ directory, result }: Distilled, ui: Ui): void {
  const { images, iteration, loss, seconds } = result;
  const facts = [
    counted(images, "image"),
    `iteration ${iteration}`,
    ...(loss === null ? [] : [`loss ${loss.toPrecision(4)}`]),
  ];
  ui.result(`${show(join(directory, SYNTHETIC_FILE))}: ${facts.join(", ")}, ${duration(seconds)}`, {
    run: directory,
    synthetic: join(directory, SYNTHETIC_FILE),
    grid: join(directory, "grid.png"),
    images,
    iteration,
    loss,
    seconds,
  });
}
