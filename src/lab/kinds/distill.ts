// The job that distils: a data set, a method with its settings, a seed; it leaves the set, its picture and its metrics.

import * as z from "zod";
import { type DistillConfig, parseConfig, resolveConfig, shardObstacle } from "../../distill/config/index.ts";
import { type DistillState, distill, type Family } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import { classMembers, type PreparedSet, prepare, type SyntheticSet } from "../../images/index.ts";
import { encodePreprocessing, type RunBank, type RunDataset, type RunRecord } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { type Bank, openBank } from "../bank/bank.ts";
import { type MadeBank, makeOwnBank, OWN_FOLDER, type OwnBank, ownBank, settingsOf } from "../bank/own.ts";
import { completeRecipe, recipeSchema } from "../bank/recipe.ts";
import { openEventLog } from "../folder/eventLog.ts";
import { readFinished } from "../folder/folder.ts";
import { checkRecord, identityOf } from "../folder/record.ts";
import type { Row } from "../folder/rows.ts";
import { completed } from "../inputs/completed.ts";
import { dataSchema, loggedExecutionSchema, placeOf } from "../inputs/data.ts";
import { stateOf, tensorsOf, withProvenance } from "../inputs/distilled.ts";
import {
  asFound,
  checkClasses,
  defined,
  inWords,
  loadData,
  optionsOf,
  reloadData,
  type Source,
} from "../inputs/load.ts";
import { picturesOf, scalarsOf } from "../inputs/logs.ts";
import { configOf, type MethodSettings, methodSchema, settleMethod, withMethodSchema } from "../inputs/method.ts";
import {
  firstPixels,
  holdsStage,
  keepStage,
  keepStart,
  livePicture,
  type Pixels,
  stagesOf,
} from "../inputs/pictures.ts";
import { prepareSet } from "../inputs/prepare.ts";
import {
  keepPreprocessing,
  keptPreprocessing,
  publishSet,
  readInitial,
  readSet,
  rereadInitial,
  setHash,
} from "../inputs/sets.ts";
import { planDistillation } from "../plan/distill.ts";
import { planLoading, planWhitening } from "../plan/images.ts";
import type { PlanContext } from "../plan/types.ts";
import type { Context, Kind } from "../types.ts";
import { bankKind } from "./bank.ts";

/** Rows of every iteration: loss and its parts, seconds. */
const METRICS_FILE = "metrics.jsonl";

const input = z.strictObject({
  kind: z.literal("distill"),
  data: dataSchema.prefault({}),
  method: methodSchema,
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  initial: z.string().min(1).optional().describe("The set to start from: a run, or a file."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("A shard: these classes only."),
  bank: z
    .union([z.string().min(1), recipeSchema])
    .optional()
    .describe(
      "A bank of networks with the statistics of the real images; `data` is then the bank's by default. Or one to " +
        "train first, as the presets plus and plus-long do.",
    ),
  execution: loggedExecutionSchema.optional(),
});

type Input = z.infer<typeof input>;

/** A distillation as a value. */
export interface DistillJob extends Omit<Input, "method"> {
  readonly method: MethodSettings;
}

/** What a finished distillation says of itself. */
export interface DistillResult {
  readonly images: number;
  readonly iteration: number;
  /** Of the last iteration of the process that finished it; null where none was left to do. */
  readonly loss: number | null;
  /** Of that process. */
  readonly seconds: number;
  /** Bytes that it held at most, whatever else it did before; where that is measured. */
  readonly peakMemory?: number | undefined;
}

export const distillKind: Kind<DistillJob, DistillResult> = {
  kind: "distill",
  about: "Distils a data set into a few synthetic images of each class.",
  schema: completed(input, settle),
  jsonSchema: () => withMethodSchema(input),
  free: ["method.iterations", "bank"],
  plan,
  run,
};

/** Fills in preset and defaults. @throws DatadamError INVALID_OPTION */
function settle({ method: given, ...job }: Input): DistillJob {
  const usual = job.data.dataset === "builtin" && job.bank === undefined ? "quick" : undefined;
  const { method, config } = settleMethod(given, job.seed, usual, job.initial === undefined ? {} : { init: "set" });
  if (config.init === "set" && job.initial === undefined) {
    throw new DatadamError("INVALID_OPTION", "init: set needs the set to start from, as `initial`");
  }
  if (job.classes !== undefined) requireShardable(config);
  const bank = typeof job.bank === "string" ? job.bank : completeRecipe(job.bank, method.preset);
  if (typeof bank === "object" && config.networks > 0) {
    throw new DatadamError("INVALID_OPTION", "networks: this distillation trains its networks, as `bank.networks`", {
      hint: "Leave out networks, or give the bank that they are of.",
    });
  }
  return { ...job, ...(bank && { bank }), method };
}

function requireShardable(config: DistillConfig): void {
  const obstacle = shardObstacle(config);
  if (obstacle === undefined) return;
  throw new DatadamError("INVALID_OPTION", `\`classes\` does not go with this: ${obstacle.reason}`, {
    hint: obstacle.hint,
  });
}

async function run(context: Context<DistillJob>): Promise<DistillResult> {
  const { job, folder, signal, warn } = context;
  const earlier = folder.record === undefined ? undefined : checkRecord(folder.record, folder.storage.name);
  const begun = earlier === undefined ? await begin(context) : await resume(context, earlier);
  const { record, initial, family } = begun;
  const identity = await identityOf(record);
  const states = folder.states();
  const latest = await states.newest(identity, warn);
  const done = latest?.number ?? 0;
  const { iterations } = job.method;
  if (iterations < done) {
    throw new DatadamError("INVALID_OPTION", `\`iterations\` ${iterations} is less than the ${done} that are done`, {
      hint: "Give at least as many, or start a new run.",
    });
  }
  if (record.config.iterations !== iterations || hasMoved(earlier, record)) {
    await folder.begin({ ...record, config: { ...record.config, iterations } });
  }
  const stages = stagesOf(iterations);
  if (stages.has(done)) await keepEarlierEnd(folder.storage, done);
  const prepared = await begun.images(latest === undefined);
  const options = { ...record.config, family, engine: await context.engine(), classes: record.classes ?? undefined };
  const opening =
    latest === undefined ? distill(prepared, { ...options, iterations: 0, initial: await initial() }) : undefined;
  const start = await opening?.result;
  const distillation = distill(prepared, {
    ...options,
    iterations,
    resume: latest === undefined ? opening?.state() : stateOf(latest),
  });
  const metrics = await folder.rows(METRICS_FILE, "iteration", done);
  const log = await openEventLog(context, latest === undefined ? -1 : done);
  const pictured = picturesOf(log, folder.storage, iterations, done);
  const live = livePicture(folder.storage, context.clock);
  const started = performance.now();
  let saved = { iteration: done, time: started, first: true };
  let loss: number | null = null;
  const passed = new Map<number, Pixels>();
  const save = async (state: DistillState): Promise<void> => {
    await metrics.flush();
    if (start !== undefined && saved.first) {
      await keepStart(folder.storage, start);
      await pictured(0, () => withProvenance(start, record, 0, iterations));
    }
    // Before the state: from there on nothing would make them again.
    for (const [iteration, pixels] of passed) await keepStage(folder.storage, iteration, pixels);
    passed.clear();
    await pictured(state.iteration, (at) => withProvenance(distillation.snapshot(), record, at, iterations));
    await log.flush();
    await states.save(state.iteration, tensorsOf(state, prepared.shape), identity);
    if (state.iteration < iterations) {
      await live(() => withProvenance(distillation.snapshot(), record, state.iteration, iterations));
    }
    saved = { iteration: state.iteration, time: performance.now(), first: false };
    context.emit({ type: "checkpoint", number: state.iteration });
  };
  const { steps, seconds } = context.checkpoint;
  const due = (iteration: number): boolean =>
    steps === undefined ? performance.now() - saved.time >= seconds * 1000 : iteration % steps === 0;
  for await (const { iterations: _, ...event } of distillation) {
    loss = event.loss;
    const row: Row = { ...event, seconds: Number(event.seconds.toFixed(4)) };
    await metrics.append(row);
    await log.scalars(event.iteration, scalarsOf(row));
    context.emit({ type: "row", file: METRICS_FILE, row });
    context.progress({
      stage: "distilling",
      done: event.iteration,
      total: iterations,
      detail: `loss ${event.loss.toPrecision(4)}`,
      data: { loss: event.loss, seconds: event.seconds },
    });
    if (stages.has(event.iteration)) passed.set(event.iteration, firstPixels(distillation.snapshot()));
    if (due(event.iteration)) await save(distillation.state());
    if (signal.aborted) break;
  }
  const state = distillation.state();
  if (state.iteration > saved.iteration || state.iteration === 0) await save(state);
  const set = withProvenance(distillation.snapshot(), record, state.iteration, iterations);
  await publishSet(folder, set);
  if (state.iteration < iterations) signal.throwIfAborted();
  return {
    images: set.labels.length,
    iteration: state.iteration,
    loss,
    seconds: (performance.now() - started) / 1000,
    ...(context.peakMemory && { peakMemory: context.peakMemory() }),
  };
}

/** Keeps the end of a run that now goes further: it is a stage of the longer one. */
async function keepEarlierEnd(storage: Storage, iteration: number): Promise<void> {
  if (await holdsStage(storage, iteration)) return;
  const set = await readSet(storage).catch(() => undefined);
  if (set?.provenance.iteration === iteration) await keepStage(storage, iteration, firstPixels(set));
}

/** Whether the images lie elsewhere than the folder's record says. */
function hasMoved(earlier: RunRecord | undefined, { dataset: { source, dir } }: RunRecord): boolean {
  return earlier !== undefined && (earlier.dataset.source !== source || earlier.dataset.dir !== dir);
}

interface Begun {
  readonly record: RunRecord;
  /** The prepared images. @param needed false: their facts will do, where a bank has all the rest */
  images(needed: boolean): Promise<PreparedSet>;
  initial(): Promise<SyntheticSet | undefined>;
  readonly family?: Family | undefined;
}

async function begin(context: Context<DistillJob>): Promise<Begun> {
  const { job, folder, note, warn, readers } = context;
  if (typeof job.bank === "string") return beginFromBank(context, { storage: readers.storage(job.bank) });
  if (job.bank !== undefined) {
    const own = await ownBank(context, job.bank, folder.storage, bankKind);
    checkBefore(context, own.source);
    return beginFromBank(context, { storage: own.storage, made: await makeOwnBank(context, own), own });
  }
  note(`loading ${job.data.dataset}`);
  const source = await loadData(job.data, context);
  const { train } = source.dataset;
  note(await inWords(source));
  for (const warning of source.inspect?.() ?? []) warn(warning);
  const config = resolveConfig(configOf(job), train);
  const classes = checkClasses(job.classes, train.classNames);
  const prepared = await prepareSet(train, config, context);
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, train, context);
  const record = await recordOf(context, { config, dataset: source.description, classes, initial });
  context.signal.throwIfAborted();
  await keepPreprocessing(folder.storage, prepared.preprocessing);
  await folder.begin(record);
  return { record, images: async () => prepared, initial: async () => initial };
}

/** What would be refused after hours of training, before them. @throws DatadamError INVALID_OPTION, INVALID_DATA */
function checkBefore({ job, warn }: Context<DistillJob>, { dataset: { train } }: Source): void {
  const { init, ipc, factor } = resolveConfig(configOf(job), train);
  const classes = checkClasses(job.classes, train.classNames) ?? undefined;
  if (init === "noise" || init === "set") return;
  const places = ipc * factor ** 2;
  // Random real images may be taken again where an image holds several of them.
  const members = init === "real" ? classMembers(train, ipc, classes) : classMembers(train, places, classes, factor);
  const least = Math.min(...[...(classes ?? members.keys())].map((c) => members[c].length));
  if (least >= places) return;
  const room = `${places} initial images (ipc ${ipc}, factor ${factor})`;
  warn(`a class has ${least} images, fewer than ${room}: some are taken twice`);
}

/** A bank to begin from. */
interface Found {
  readonly storage: Storage;
  /** Where the distillation made it: its id and what it needs of it. */
  readonly made?: MadeBank | undefined;
  readonly own?: OwnBank | undefined;
}

/** Begins with what a bank holds: real images are read for the initial ones alone. */
async function beginFromBank(context: Context<DistillJob>, { storage, made, own }: Found): Promise<Begun> {
  const { job, folder, note } = context;
  note(`opening the bank ${storage.name}`);
  const bank = await openBank(storage);
  const classes = checkClasses(job.classes, bank.facts.classNames);
  const { config, statistics, family } = await bank.choose(
    { ...configOf(job), ...made?.settings },
    classes,
    made?.statistics,
  );
  const needsImages = config.init !== "noise" && config.init !== "set";
  const images = needsImages ? await bankImages(context, bank, { source: own?.source }) : undefined;
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, bank.facts, context);
  const dataset = images?.description ?? bank.record.dataset;
  const record = await recordOf(context, {
    config,
    dataset,
    classes,
    initial,
    bank: { path: bank.storage.name, id: bank.id, statistics },
  });
  context.signal.throwIfAborted();
  await keepPreprocessing(folder.storage, bank.preprocessing);
  await folder.begin(record);
  return { record, images: async () => images?.prepared ?? bank.facts, initial: async () => initial, family };
}

/** The images that a bank was made of, prepared as they were then. @throws DatadamError INVALID_DATA for others */
export async function bankImages(
  context: Omit<Context, "job"> & { readonly job: Pick<DistillJob, "data"> },
  bank: Bank,
  { source, use = "the initial images" }: { readonly source?: Source | undefined; readonly use?: string } = {},
): Promise<{ readonly prepared: PreparedSet; readonly description: RunDataset }> {
  const { job, note } = context;
  const { dataset, zca } = bank.record;
  const own = dataOf(job, bank);
  if (source === undefined) note(`loading ${own.dataset} for ${use}`);
  const { dataset: loaded, description } = source ?? (await loadData(own, context));
  if (description.fingerprint !== dataset.fingerprint) {
    throw new DatadamError(
      "INVALID_DATA",
      `${bank.storage.name} is a bank of ${dataset.name} with ${dataset.count} images; these are other images: ` +
        `${description.name} with ${description.count}`,
      { hint: "Give the data set of the bank, or initial images that need none: `init` noise." },
    );
  }
  const wanted = { zca: zca !== false, zcaEps: zca === false ? 0.1 : zca.eps };
  const known = zca === false ? undefined : bank.preprocessing;
  return { prepared: await prepareSet(loaded.train, wanted, context, known), description };
}

/** The data set of a bank, unless another is named, which then has to hold the same images. */
function dataOf({ data }: Pick<DistillJob, "data">, { record }: Bank): DistillJob["data"] {
  return data.dataset === "builtin" ? { ...optionsOf(record.dataset), ...defined(placeOf(data)) } : data;
}

async function recordOf(
  { job, versions, clock }: Pick<Context<DistillJob>, "job" | "versions" | "clock">,
  {
    config,
    initial,
    ...rest
  }: Pick<RunRecord, "config" | "dataset" | "classes" | "bank"> & {
    readonly initial: SyntheticSet | undefined;
  },
): Promise<RunRecord> {
  return {
    format: "datadam-run/1",
    preset: job.method.preset,
    seed: config.seed,
    config,
    ...rest,
    ...(initial && { initial: { path: job.initial!, sha256: await setHash(initial) } }),
    versions,
    created: new Date(clock.now()).toISOString(),
  };
}

async function resume(context: Context<DistillJob>, record: RunRecord): Promise<Begun> {
  const { job, folder, note } = context;
  note(`resuming ${folder.storage.name}`);
  const { initial } = record;
  if (record.bank !== undefined) return resumeFromBank(context, record, record.bank);
  if (job.bank !== undefined) {
    throw new DatadamError("RUN_EXISTS", `${folder.storage.name} is a run that was begun without a bank`, {
      hint: "Leave out `bank`, or start a new run.",
    });
  }
  const source = await reloadData(record.dataset, placeOf(job.data), context);
  const { train } = source.dataset;
  const known = record.config.zca ? await keptPreprocessing(folder.storage) : undefined;
  const prepared = await prepareSet(train, record.config, context, known);
  return {
    record: { ...record, dataset: asFound(record.dataset, source) },
    images: async () => prepared,
    initial: async () => initial && rereadInitial(initial, train, context),
  };
}

/** Where the bank of a run that is resumed is now. */
function bankStorage({ job: { bank }, readers, folder }: Context<DistillJob>, { path }: RunBank): Storage {
  if (typeof bank === "string") return readers.storage(bank);
  const inside = bank !== undefined && bank.path === undefined && bank.within === undefined;
  return inside ? folder.storage.at(OWN_FOLDER) : readers.storage(path);
}

/** @throws DatadamError INVALID_DATA where the bank is no longer the same */
async function resumeFromBank(context: Context<DistillJob>, record: RunRecord, recorded: RunBank): Promise<Begun> {
  const { initial, config, classes } = record;
  const bank = await openBank(bankStorage(context, recorded));
  const { family, statistics } = await bank.choose(parseConfig({ ...config }), classes, recorded.statistics);
  if (bank.id !== recorded.id || statistics !== recorded.statistics) {
    throw new DatadamError("INVALID_DATA", `${bank.storage.name} is not the bank that the run was begun with`, {
      hint: "Put the earlier one back, or start a new run.",
    });
  }
  return {
    record,
    family,
    images: async (needed) => {
      const fromImages = config.init !== "noise" && config.init !== "set";
      return needed && fromImages ? (await bankImages(context, bank)).prepared : bank.facts;
    },
    initial: async () => initial && rereadInitial(initial, bank.facts, context),
  };
}

async function plan(context: PlanContext<DistillJob>): Promise<void> {
  const { job, readers, meter } = context;
  const own = typeof job.bank === "object" ? await ownBank(context, job.bank, context.storage, bankKind) : undefined;
  const made = own !== undefined && (await readFinished(own.storage)) !== undefined;
  if (own !== undefined && !made) await bankKind.plan!({ ...context, job: own.job, storage: own.storage });
  const place = typeof job.bank === "string" ? readers.storage(job.bank) : made ? own.storage : undefined;
  const bank = place && (await openBank(place));
  const needsImages = bank === undefined || !["noise", "set"].includes(String(job.method.init));
  const load = (): Promise<Source> =>
    planLoading(context, bank === undefined ? job.data : dataOf(job, bank), bank === undefined);
  // The bank's plan has counted the loading.
  const source = own !== undefined && !made ? own.source : needsImages ? await load() : undefined;
  const train = source?.dataset.train ?? bank!.facts;
  const classes = checkClasses(job.classes, train.classNames);
  const asked = { ...configOf(job), ...(own && !made && settingsOf(own)) };
  const chosen = await bank?.choose(asked, classes);
  const config = chosen?.config ?? resolveConfig(asked, train);
  if (config.zca && source !== undefined) {
    const { count } = source.dataset.train;
    await planWhitening(context, { train, eps: config.zcaEps, fitted: bank === undefined, count, kept: true });
  } else if (config.zca && bank !== undefined) {
    meter.add("the whitening", 1, "file", encodePreprocessing(bank.preprocessing).length);
  }
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, train, context);
  const prepared = source === undefined ? bank!.facts : await prepare(source.dataset.train, { zca: false });
  const dataset = source?.description ?? bank!.record.dataset;
  const recorded = bank && { path: bank.storage.name, id: bank.id, statistics: chosen!.statistics };
  const clock = { now: () => 0, sleep: async () => {} };
  const record = await recordOf({ ...context, clock }, { config, dataset, classes, initial, bank: recorded });
  await planDistillation(context, {
    ...{ config, prepared, classes, initial, tensorsOf },
    family: chosen?.family,
    kept: own !== undefined,
    resultOf: (set) => withProvenance(set, record, config.iterations, config.iterations),
  });
}
