// The job that trains one network on a whole set: the row that every distilled set is measured against.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { networkFor } from "../../evaluate/index.ts";
import { encodeSafetensors } from "../../formats/index.ts";
import { type Dataset, type PreparedSet, prepare } from "../../images/index.ts";
import { type Arrays, buildNetwork, type Network } from "../../nn/index.ts";
import { canonicalJson, PARAMETERS_FILE, PARAMETERS_FORMAT, type RunDataset } from "../../run/portable.ts";
import { countCorrect, resolveProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { sha256 } from "../folder/hash.ts";
import { dataSchema, loggedExecutionSchema, placeOf } from "../inputs/data.ts";
import { fitInFolder, KEPT_TRAININGS } from "../inputs/fitting.ts";
import { asFound, loadData, reloadData, requireTest } from "../inputs/load.ts";
import { archSchema, networkOptions } from "../inputs/network.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { protocolChoiceSchema, protocolOf } from "../inputs/protocol.ts";
import { keepPreprocessing, keptPreprocessing } from "../inputs/sets.ts";
import { encodeTraining } from "../inputs/training.ts";
import { planLoading, planWhitening } from "../plan/images.ts";
import { planTraining } from "../plan/train.ts";
import type { PlanContext } from "../plan/types.ts";
import type { Context, Kind } from "../types.ts";

const FORMAT = "datadam-training/1";
/** As in distillation. */
const ZCA_EPS = 0.1;

const schema = z.strictObject({
  kind: z.literal("train"),
  data: dataSchema.prefault({}),
  network: z.strictObject({ arch: archSchema.default("convnet"), ...networkOptions }).prefault({}),
  protocol: protocolChoiceSchema("whole"),
  zca: z.boolean().default(false).describe("Whiten the images, as distillation does on CIFAR."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  execution: loggedExecutionSchema.optional(),
});

/** A training on a whole set as a value. */
export type TrainJob = z.infer<typeof schema>;

/** `record.json` of a training. */
export interface TrainingRecord {
  readonly format: typeof FORMAT;
  readonly seed: number;
  /** `name`, and the options it is built again with. */
  readonly network: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly protocol: Protocol;
  readonly zca: false | { readonly eps: number };
  readonly dataset: RunDataset;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly created: string;
}

/** What a finished training says of itself. */
export interface TrainResult extends Pick<TrainingRecord, "network" | "protocol" | "zca" | "seed"> {
  /** Of the test images, in per cent. */
  readonly accuracy: number;
  readonly correct: number;
  /** Test images. */
  readonly count: number;
  /** Training images. */
  readonly images: number;
  /** Mean losses of the epochs. */
  readonly losses: readonly number[];
  /** Of all processes together. */
  readonly seconds: number;
  /** ISO time. */
  readonly created: string;
}

export const trainKind: Kind<TrainJob, TrainResult> = {
  kind: "train",
  about: "Trains one network on a whole data set and tests it.",
  schema: schema as unknown as z.ZodType<TrainJob>,
  free: [],
  plan,
  run,
};

async function run(context: Context<TrainJob>): Promise<TrainResult> {
  const { folder, signal, clock } = context;
  const earlier = folder.record === undefined ? undefined : checkTrainingRecord(folder.record, folder.storage.name);
  const { record, network, dataset, prepared } =
    earlier === undefined ? await begin(context) : await resume(context, earlier);
  const { seed, protocol, zca } = record;
  const identity = await identityOf(record);
  const { state, trainer, log, seconds } = await fitInFolder(context, prepared, { network, protocol, seed, identity });
  const test = await prepareSet(requireTest(dataset), whitening(zca), context, prepared.preprocessing);
  const correct = await countCorrect(trainer, test, signal);
  const accuracy = (100 * correct) / test.count;
  await log.scalars(state.step, { accuracy });
  await log.flush();
  await folder.publish(PARAMETERS_FILE, encodeParameters(record.network, { ...state.parameters, ...state.buffers }));
  return {
    accuracy,
    correct,
    count: test.count,
    images: prepared.count,
    network: record.network,
    protocol,
    zca,
    seed,
    losses: state.losses,
    seconds: seconds(),
    created: new Date(clock.now()).toISOString(),
  };
}

interface Begun {
  readonly record: TrainingRecord;
  readonly network: Network;
  readonly dataset: Dataset;
  readonly prepared: PreparedSet;
}

async function begin(context: Context<TrainJob>): Promise<Begun> {
  const { job, folder, note } = context;
  note(`loading ${job.data.dataset}`);
  const { dataset, description } = await loadData(job.data, context);
  requireTest(dataset);
  const { shape, classNames, flippable } = dataset.train;
  const protocol = protocolOf(job.protocol);
  const network = networkFor({ shape, classNames, provenance: {} }, job.network, protocol.norm);
  const record: TrainingRecord = {
    format: FORMAT,
    seed: job.seed,
    network: { name: network.name, ...network.options },
    protocol: resolveProtocol(protocol, flippable),
    zca: job.zca ? { eps: ZCA_EPS } : false,
    dataset: description,
    versions: context.versions,
    created: new Date(context.clock.now()).toISOString(),
  };
  const prepared = await prepareSet(dataset.train, whitening(record.zca), context);
  context.signal.throwIfAborted();
  await keepPreprocessing(folder.storage, prepared.preprocessing);
  await folder.begin(record);
  return { record, network, dataset, prepared };
}

async function resume(context: Context<TrainJob>, record: TrainingRecord): Promise<Begun> {
  const { job, folder, note } = context;
  note(`resuming ${folder.storage.name}`);
  const source = await reloadData(record.dataset, placeOf(job.data), context);
  const { dataset } = source;
  const found = asFound(record.dataset, source);
  if (found.source !== record.dataset.source || found.dir !== record.dataset.dir)
    await folder.begin({ ...record, dataset: found });
  const { name, ...options } = record.network;
  const known = record.zca === false ? undefined : await keptPreprocessing(folder.storage);
  const prepared = await prepareSet(dataset.train, whitening(record.zca), context, known);
  return { record, network: buildNetwork(name, options), dataset, prepared };
}

function whitening(zca: TrainingRecord["zca"]): { readonly zca: boolean; readonly zcaEps: number } {
  return { zca: zca !== false, zcaEps: ZCA_EPS };
}

/** @param path for messages. @throws DatadamError INVALID_RUN */
export function checkTrainingRecord(content: unknown, path: string): TrainingRecord {
  const record = content as Partial<TrainingRecord> | null;
  const { format, network, protocol, dataset } = record ?? {};
  const whole = typeof network?.name === "string" && typeof protocol?.epochs === "number";
  if (format === FORMAT && whole && typeof dataset?.fingerprint === "string") return record as TrainingRecord;
  throw new DatadamError("INVALID_RUN", `${path} does not hold the record of a training`, {
    hint: "Put the original file back.",
  });
}

/** What decides a training's numbers. */
function identityOf({ seed, network, protocol, zca, dataset }: TrainingRecord): Promise<string> {
  return sha256(canonicalJson({ seed, network, protocol, zca, data: dataset.fingerprint }));
}

/** The bytes of a file of parameters and running statistics by `state_dict` name, with the network that they are of. */
function encodeParameters(network: TrainingRecord["network"], arrays: Arrays): Uint8Array {
  const tensors = Object.entries(arrays).map(
    ([name, { shape, data }]) => [name, { dtype: "F32" as const, shape: [...shape], data }] as const,
  );
  return encodeSafetensors(Object.fromEntries(tensors), {
    format: PARAMETERS_FORMAT,
    network: canonicalJson(network),
  });
}

async function plan(context: PlanContext<TrainJob>): Promise<void> {
  const { job } = context;
  const { dataset } = await planLoading(context, job.data, false);
  const { train } = dataset;
  const test = requireTest(dataset);
  const chosen = protocolOf(job.protocol);
  const network = networkFor({ ...train, provenance: {} }, job.network, chosen.norm);
  if (job.zca) {
    const count = train.count + test.count;
    await planWhitening(context, { train, eps: ZCA_EPS, fitted: true, count, kept: true });
  }
  await planTraining(context, {
    prepared: await prepare(train, { zca: false }),
    test: await prepare(test, { zca: false }),
    network,
    protocol: resolveProtocol(chosen, train.flippable),
    keep: KEPT_TRAININGS,
    stateOf: (state) => encodeTraining(state, { seconds: Math.E }),
    fileOf: ({ parameters, buffers }) =>
      encodeParameters({ name: network.name, ...network.options }, { ...parameters, ...buffers }),
  });
}
