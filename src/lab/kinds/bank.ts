// The job that makes a bank: networks, random or trained with snapshots, and the statistics of the real images in each.

import pMap from "p-map";
import * as z from "zod";
import {
  checkPreset,
  type DistillConfig,
  networkOf,
  presets,
  type ResolvedConfig,
  resolveConfig,
} from "../../distill/config/index.ts";
import { bindParameters, methods, randomNetwork, realSide } from "../../distill/index.ts";
import type { Binding, Engine } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { type PreparedSet, prepare } from "../../images/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { parseProtocol, resolveProtocol } from "../../train/index.ts";
import { openBank } from "../bank/bank.ts";
import { holdsSnapshots, missingDraws } from "../bank/contents.ts";
import { inLanes } from "../bank/lanes.ts";
import {
  type BankRecord,
  bankId,
  bankRecord,
  checkBankRecord,
  drawAt,
  drawFile,
  encoderCount,
  keptEpochs,
  NETWORKS,
  quantitiesOf,
  SPEC_FILE,
  type SpecFile,
  STATISTICS,
  specOf,
  statisticsId,
  statisticsOf,
  type Training,
} from "../bank/record.ts";
import { readSnapshot } from "../bank/snapshots.ts";
import { encodeStatistics, type Layout, openStatistics, PRECISIONS, rowLength } from "../bank/statisticsFile.ts";
import { type Begun, noteFile, trainNetworks } from "../bank/training.ts";
import { keepWhitening, readWhitening } from "../bank/whitening.ts";
import { completed } from "../inputs/completed.ts";
import { dataSchema, executionSchema, placeOf } from "../inputs/data.ts";
import { checkClasses, loadData, reloadData, type Source } from "../inputs/load.ts";
import { configOf, type MethodSettings, methodSchema, settleMethod, withMethodSchema } from "../inputs/method.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { protocolChoiceSchema, protocolOf } from "../inputs/protocol.ts";
import { planBank } from "../plan/bank.ts";
import { planLoading, planWhitening } from "../plan/images.ts";
import type { PlanContext } from "../plan/types.ts";
import type { Context, Kind } from "../types.ts";

/** Networks where none are asked for: random, trained. */
const USUAL = { random: 64, trained: 4 } as const;
/** Draws under way at once: while the last classes of one are computed, the next has begun. */
const DRAWS_AT_ONCE = 2;
/** Classes of a draw under way at once, besides one for each worker. */
const WAITING = 2;
/** Training images on which the accuracy of a snapshot is measured. */
const ACCURACY_IMAGES = 1000;
/** The largest whitening that a bank carries, in numbers an image: 3 x 64 x 64 would be 600 MB. */
const WHITENED = 3 * 48 * 48;

const input = z.strictObject({
  kind: z.literal("bank"),
  data: dataSchema.prefault({}),
  method: methodSchema,
  seed: z.int().nonnegative().default(0).describe("Names networks, batches and augmentations."),
  epochs: z.int().nonnegative().default(0).describe("Epochs that networks are trained on the real images. 0: random."),
  snapshots: z
    .union([z.enum(["all", "last"]), z.array(z.number().nonnegative()).min(1)])
    .default("all")
    .describe("Epochs after which a trained network is kept. all: 0, 0.25, 0.5, 1, 2 and each one after that."),
  protocol: protocolChoiceSchema("encoder").describe("How networks are trained."),
  precision: z.enum(PRECISIONS).default("float32").describe("Of the statistics on disk."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("A shard: statistics of these classes only."),
  execution: executionSchema.optional(),
});

type Input = z.infer<typeof input>;

/** A bank as a value: `method` has the number of networks and of draws, and what real images go through. */
export interface BankJob extends Omit<Input, "method"> {
  readonly method: MethodSettings;
}

/** What a finished bank says of itself. */
export interface BankResult {
  readonly id: string;
  /** Names the folder of its statistics. */
  readonly statistics: string;
  /** Networks that a distillation visits: snapshots, where networks are trained. */
  readonly networks: number;
  readonly draws: number;
  /** Of statistics. */
  readonly bytes: number;
  /** Of the process that finished it. */
  readonly seconds: number;
  /** What a draw of all classes took, in that process; null where none was left to take. */
  readonly secondsPerDraw: number | null;
  /** What the training of a network took, in that process; null where none was trained. */
  readonly secondsPerTraining: number | null;
}

export const bankKind: Kind<BankJob, BankResult> = {
  kind: "bank",
  about: "Makes a bank: a finite family of networks with the statistics of the real images in each.",
  schema: completed(input, settle),
  jsonSchema: () => withMethodSchema(input),
  free: ["method", "precision"],
  stands,
  plan,
  run,
};

/** @throws DatadamError INVALID_OPTION */
function settle({ method: given, ...job }: Input): BankJob {
  const usual = job.data.dataset === "builtin" ? "quick" : undefined;
  const recipe: Partial<DistillConfig> = given.preset === undefined ? {} : presets[checkPreset(given.preset)];
  const { networks = job.epochs > 0 ? USUAL.trained : USUAL.random, draws = 1 } = recipe;
  const { method, config } = settleMethod({ networks, draws, sampling: "even", ...given }, job.seed, usual);
  if (config.networks === 0) throw new DatadamError("INVALID_OPTION", "networks: a bank has at least 1");
  statisticsOf(config.method);
  if (job.classes !== undefined && config.norm === "batch") {
    throw new DatadamError("INVALID_OPTION", "`classes`: with batch norm a draw is one batch of all classes", {
      hint: "Make the bank in one, or use norm instance.",
    });
  }
  const { name, epochs } = job.protocol;
  if (epochs !== job.epochs && epochs !== parseProtocol(name).epochs) {
    throw new DatadamError(
      "INVALID_OPTION",
      `\`protocol.epochs\` ${epochs}: networks are trained for \`epochs\`, ${job.epochs}`,
      {
        hint: "Give `epochs` of the job.",
      },
    );
  }
  const beyond = typeof job.snapshots === "string" ? undefined : job.snapshots.find((epoch) => epoch > job.epochs);
  if (beyond !== undefined) {
    throw new DatadamError("INVALID_OPTION", `\`snapshots\`: epoch ${beyond} is beyond the ${job.epochs} of training`);
  }
  return { ...job, method };
}

/** Whether all that the job asked for is there. */
function stands({ folder, job }: Context<BankJob>): Promise<boolean> {
  return holdsAll(folder.storage, job);
}

/** Whether a bank has all that a job would put into it. */
export async function holdsAll(storage: Storage, job: BankJob): Promise<boolean> {
  // One without its whitening cannot be opened: it is made again.
  const bank = await openBank(storage).catch(() => undefined);
  if (bank === undefined) return false;
  const { record } = bank;
  const config = resolveConfig(configOf(job), bank.facts);
  if (!(await holdsSnapshots(storage, record, bank.network, config.networks))) return false;
  const id = await statisticsId(bank.id, specOf(config, job.precision));
  const networks = encoderCount(record.training, config.networks);
  return (await missingDraws(storage, id, { networks, draws: config.draws })).count === 0;
}

async function run(context: Context<BankJob>): Promise<BankResult> {
  const { folder, job, clock } = context;
  const began = clock.now();
  const begun = folder.record === undefined ? await begin(context) : await resume(context, folder.record);
  const { record, config, network } = begun;
  const { training } = record;
  const secondsPerTraining = training === null ? null : await trainNetworks(context, begun, training);
  const encoders = encoderCount(training, config.networks);
  const id = await bankId(record);
  const spec = specOf(config, job.precision);
  const statistics = await statisticsId(id, spec);
  const files = `${STATISTICS}/${statistics}`;
  await noteSpec(context, `${files}/${SPEC_FILE}`, { spec, networks: encoders, draws: config.draws });
  const parameters = async (number: number): Promise<Binding> => {
    if (training === null) return bindParameters(randomNetwork(network, record.seed, number));
    return bindParameters((await readSnapshot(folder.storage, network, training, number)).parameters);
  };
  const engine = await context.engine();
  const taken = await takeStatistics(context, { ...begun, engine, encoders, statistics, files, parameters });
  return {
    id,
    statistics,
    networks: encoders,
    draws: config.draws,
    ...taken,
    seconds: (clock.now() - began) / 1000,
    secondsPerTraining,
  };
}

async function begin(context: Context<BankJob>): Promise<Begun> {
  const { job, folder, note, warn } = context;
  note(`loading ${job.data.dataset}`);
  const source = await loadData(job.data, context);
  const { train } = source.dataset;
  for (const warning of source.inspect?.() ?? []) warn(warning);
  const config = resolveConfig(configOf(job), train);
  assertCarried(config, train.shape);
  const network = networkOf(config, train);
  const prepared = await prepareSet(train, config, context);
  const created = new Date(context.clock.now()).toISOString();
  context.signal.throwIfAborted();
  // Of a job that never began, or did not get to take away what it wrote: another bank's.
  for (const left of [NETWORKS, STATISTICS]) await folder.storage.remove(left);
  const whitening = await keepWhitening(folder.storage, prepared.preprocessing);
  const record = recordOf(context, source, { config, network, created, whitening });
  await folder.begin(record);
  return { record, config, network, prepared };
}

function recordOf(
  { job, versions }: Pick<Context<BankJob>, "job" | "versions">,
  { dataset: { train }, description }: Source,
  {
    config,
    network,
    created,
    whitening,
  }: Pick<Begun, "config" | "network"> & Pick<BankRecord, "created" | "whitening">,
): BankRecord {
  return bankRecord({
    seed: job.seed,
    network: { name: network.name, ...network.options },
    zca: config.zca ? { eps: config.zcaEps } : false,
    ...(whitening !== undefined && { whitening }),
    training: trainingOf(job, train.flippable),
    dataset: description,
    normalization: train.normalization,
    flippable: train.flippable,
    classes: checkClasses(job.classes, train.classNames),
    versions,
    created,
  });
}

async function plan(context: PlanContext<BankJob>): Promise<void> {
  const { job } = context;
  const source = await planLoading(context, job.data, true);
  const { train } = source.dataset;
  const config = resolveConfig(configOf(job), train);
  assertCarried(config, train.shape);
  const network = networkOf(config, train);
  if (config.zca) {
    await planWhitening(context, { train, eps: config.zcaEps, fitted: true, count: train.count, kept: true });
  }
  const prepared = await prepare(train, { zca: false });
  const record = recordOf(context, source, { config, network, created: new Date(0).toISOString() });
  const atOnce = { draws: DRAWS_AT_ONCE, classes: WAITING };
  await planBank(context, { record, config, network, prepared, precision: job.precision, atOnce });
}

async function resume(context: Context<BankJob>, content: unknown): Promise<Begun> {
  const { job, folder, note } = context;
  const record = checkBankRecord(content, folder.storage.name);
  note(`resuming ${folder.storage.name}`);
  const { train } = (await reloadData(record.dataset, placeOf(job.data), context)).dataset;
  const config = resolveConfig(configOf(job), train);
  const network = networkOf(config, train);
  const zca = config.zca ? { eps: config.zcaEps } : false;
  const wanted = { network: { name: network.name, ...network.options }, zca };
  for (const key of ["network", "zca"] as const) {
    if (canonicalJson(wanted[key]) === canonicalJson(record[key])) continue;
    throw new DatadamError(
      "RUN_EXISTS",
      `${folder.storage.name} is a bank with ${key} ${canonicalJson(record[key])}, not ${canonicalJson(wanted[key])}`,
      { hint: "Choose another folder." },
    );
  }
  const known = await readWhitening(folder.storage, record).catch((error: unknown) => {
    context.warn(`${(error as Error).message}; it is fitted anew`);
    return undefined;
  });
  const prepared = await prepareSet(train, config, context, known);
  if (known === undefined) await mendWhitening(folder.storage, record, prepared);
  return { record, config, network, prepared };
}

/** @throws DatadamError INVALID_RUN where it is no longer the one that statistics were made under, to the bit */
async function mendWhitening(storage: Storage, record: BankRecord, { preprocessing }: PreparedSet): Promise<void> {
  const whitening = await keepWhitening(storage, preprocessing);
  if (whitening === (record.whitening ?? whitening)) return;
  throw new DatadamError("INVALID_RUN", `${storage.name}: the whitening that is fitted here differs in its last bits`, {
    hint: "Put the original preprocessing.safetensors back, or make the bank anew in another folder.",
  });
}

/** @throws DatadamError INVALID_OPTION where the whitening is too large to travel */
function assertCarried({ zca }: ResolvedConfig, [channels, height, width]: PreparedSet["shape"]): void {
  const d = channels * height * width;
  if (!zca || d <= WHITENED) return;
  const gigabytes = (2 * 4 * d * d) / 1e9;
  throw new DatadamError(
    "INVALID_OPTION",
    `zca: the whitening of images of ${channels}x${height}x${width} would take ${gigabytes.toFixed(1)} GB of the bank`,
    { hint: "Use zca false, or smaller images." },
  );
}

function trainingOf({ epochs, snapshots, protocol }: BankJob, flippable: boolean): Training | null {
  if (epochs === 0) return null;
  return {
    epochs,
    snapshots: keptEpochs(snapshots, epochs),
    protocol: resolveProtocol({ ...protocolOf(protocol), epochs }, flippable),
    accuracyImages: ACCURACY_IMAGES,
  };
}

/** Says what statistics are of, and how many of them there are to be. What an earlier job asked for stays. */
async function noteSpec({ folder }: Context<BankJob>, path: string, wanted: SpecFile): Promise<void> {
  const before = (await jsonOf(folder.storage, path)) as SpecFile | undefined;
  // Only a rectangle of draws can be visited in turn.
  if (before !== undefined && (before.networks > wanted.networks || before.draws > wanted.draws)) return;
  await folder.storage.write(path, `${JSON.stringify(wanted, undefined, 2)}\n`);
}

interface StatisticsWork extends Begun {
  readonly engine: Engine;
  readonly encoders: number;
  /** Names the folder. */
  readonly statistics: string;
  /** Its path. */
  readonly files: string;
  readonly parameters: (number: number) => Promise<Binding>;
}

/** Takes the statistics that are missing. @returns the bytes of all. */
async function takeStatistics(
  context: Context<BankJob>,
  work: StatisticsWork,
): Promise<Pick<BankResult, "bytes" | "secondsPerDraw">> {
  const { folder, signal, job, warn, clock } = context;
  const began = clock.now();
  const { record, config, network, prepared, engine, encoders, statistics, files, parameters } = work;
  const classes = record.classes ?? record.dataset.classNames.map((_, label) => label);
  const trained = record.training !== null;
  const side = await realSide(prepared, { method: methods[config.method], config, network, trained }, engine, classes);
  const names = Object.keys(quantitiesOf(config));
  const places = Array.from({ length: encoders * config.draws }, (_, i) => drawAt(i, config.draws));
  const total = places.length * side.groups.length;
  let done = 0;
  let bytes = 0;
  let draws = 0;
  const journal = await folder.journal();
  const bindings = new Map<number, Promise<Binding>>();
  const bindingOf = (number: number): Promise<Binding> => {
    const known = bindings.get(number) ?? parameters(number);
    bindings.set(number, known);
    bindings.delete(number - DRAWS_AT_ONCE - 1);
    return known;
  };
  const take = async ({ number, draw }: (typeof places)[number], stop: AbortSignal): Promise<void> => {
    const path = `${files}/${drawFile(number, draw)}`;
    const there = await openStatistics(folder.storage, path).catch((error: unknown) => {
      warn(`${(error as Error).message}; it is made anew`);
      return undefined;
    });
    if (there?.id === statistics) {
      done += side.groups.length;
      const size = (await folder.storage.size(path)) ?? 0;
      bytes += size;
      await noteFile(folder.storage, journal, path);
      return;
    }
    const binding = await bindingOf(number);
    let layout: Layout | undefined;
    let rows = new Float32Array(0);
    const takeGroup = async (labels: readonly number[], group: number): Promise<void> => {
      stop.throwIfAborted();
      const targets = await side.targets({ number, draw }, binding, group);
      if (layout === undefined) {
        layout = names.map((name) => [name, targets[name]!.length / labels.length] as const);
        rows = new Float32Array(classes.length * rowLength(layout));
      }
      place(
        rows,
        layout,
        targets,
        labels.map((label) => classes.indexOf(label)),
      );
      done++;
      context.progress({ stage: "statistics", done, total, detail: `network ${number}/${encoders}` });
    };
    await pMap(side.groups, takeGroup, { concurrency: engine.workers + WAITING });
    const header = { id: statistics, number, draw, classes, layout: layout!, precision: job.precision };
    const encoded = await encodeStatistics(header, rows);
    await folder.storage.write(path, encoded);
    await noteFile(folder.storage, journal, path);
    bytes += encoded.length;
    draws++;
  };
  await inLanes(places, take, { concurrency: DRAWS_AT_ONCE, signal });
  return { bytes, secondsPerDraw: draws === 0 ? null : (clock.now() - began) / 1000 / draws };
}

/** Puts the quantities of some classes into their rows. */
function place(
  rows: Float32Array,
  layout: Layout,
  targets: Readonly<Record<string, Float32Array>>,
  positions: readonly number[],
): void {
  const stride = rowLength(layout);
  let offset = 0;
  for (const [name, length] of layout) {
    for (const [i, position] of positions.entries()) {
      rows.set(targets[name]!.subarray(i * length, (i + 1) * length), position * stride + offset);
    }
    offset += length;
  }
}
