// The job that leaves a classifier: a network trained on a small set, or a training's own, as a file that other
// programs run.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { encodeClassifier, networkFor, PIXEL_TYPES, withSoftLabels } from "../../evaluate/index.ts";
import { decodeSafetensors } from "../../formats/index.ts";
import { expandSet, type Preprocessing, type SyntheticSet } from "../../images/index.ts";
import { type Arrays, buildNetwork, loadParameters, type Network, type Norm } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { canonicalJson, PARAMETERS_FILE } from "../../run/portable.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { countCorrect, examplesOf, parseProtocol, resolveProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { readTeacher } from "../bank/teacher.ts";
import { RECORD_FILE, readFinished, readJobFile } from "../folder/folder.ts";
import { sha256 } from "../folder/hash.ts";
import { changedDataSchema, executionSchema, PLACE_KEYS, placeOf } from "../inputs/data.ts";
import { fitInFolder } from "../inputs/fitting.ts";
import { defined, reloadData } from "../inputs/load.ts";
import { archSchema, networkOptions } from "../inputs/network.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { protocolSchema } from "../inputs/protocol.ts";
import { keptPreprocessing, readSet, SPACES, subjectHash } from "../inputs/sets.ts";
import { runAt, type Subject, subjectOf } from "../inputs/subject.ts";
import type { Context, Kind, Readers } from "../types.ts";
import { checkTrainingRecord, type TrainingRecord, type TrainResult } from "./train.ts";

/** What the job leaves. */
export const CLASSIFIER_FILE = "classifier.onnx";
/** Folder of the classifiers of a run: a job each. */
export const CLASSIFIERS = "classifiers";

const schema = z.strictObject({
  kind: z.literal("classifier"),
  set: z
    .string()
    .min(1)
    .describe("A run, a file of ours, a finished training, or with `data.dataset` a set of another program."),
  data: changedDataSchema.optional().describe("Another data set, or another place of the run's own."),
  space: z.enum(SPACES).optional().describe("What the float images of another program's set are."),
  pixels: z.enum(PIXEL_TYPES).default("uint8").describe("The classifier's input: bytes, or float32 from 0 to 1."),
  number: z.int().nonnegative().optional().describe("Of the network, as in an evaluation (default: 0)."),
  protocol: protocolSchema.optional().describe("How it is trained: a name (default: quick), or all of a protocol."),
  network: z
    .strictObject({ arch: archSchema.optional(), ...networkOptions })
    .optional()
    .describe("Which network (default: that of the distillation)."),
  seed: z.int().nonnegative().optional().describe("Of the network (default: that of the run)."),
  softLabels: z
    .string()
    .optional()
    .describe("A teacher's parameters, a bank, whose most trained network it is, or `stored`."),
  temperature: z.number().positive().optional().describe("Of the teacher's softmax (default: 1)."),
  execution: executionSchema.optional(),
});

/** A classifier to be made, as a value. */
export type ClassifierJob = z.infer<typeof schema>;

/** What is known of a classifier. */
export interface ClassifierResult {
  /** In the folder of the job. */
  readonly file: typeof CLASSIFIER_FILE;
  /** Bytes of it. */
  readonly size: number;
  /** Of the test images, in per cent. */
  readonly accuracy: number;
  readonly correct: number;
  /** Test images. */
  readonly count: number;
  /** Images that it was trained on. */
  readonly images: number;
  /** `name`, and the options it is built again with. */
  readonly network: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly protocol: Protocol;
  readonly seed: number;
}

export const classifierKind: Kind<ClassifierJob, ClassifierResult> = {
  kind: "classifier",
  about: "Trains a network on a distilled set, or takes that of a training, and writes it as ONNX.",
  schema: schema as unknown as z.ZodType<ClassifierJob>,
  free: [],
  stands,
  run,
};

/** A network with all that its file says. */
interface Made extends Omit<ClassifierResult, "file" | "size" | "network"> {
  readonly network: Network;
  readonly parameters: Arrays;
  readonly preprocessing: Preprocessing;
  readonly classNames: readonly string[];
  readonly dataset: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

async function run(context: Context<ClassifierJob>): Promise<ClassifierResult> {
  const { job, folder, readers } = context;
  const training = await trainingAt(job.set, readers);
  const made = training === undefined ? await trained(context) : await taken(training, context);
  const { network, parameters, preprocessing, classNames, dataset, metadata, ...facts } = made;
  const { accuracy, count, images, protocol, seed } = facts;
  const content = encodeClassifier({
    ...{ network, parameters, preprocessing, classNames, pixels: job.pixels },
    metadata: {
      dataset,
      trainedOn: String(images),
      accuracy: accuracy.toFixed(2),
      testImages: String(count),
      protocol: canonicalJson(protocol),
      seed: String(seed),
      ...metadata,
    },
  });
  await folder.publish(CLASSIFIER_FILE, content);
  const options = { name: network.name, ...network.options };
  return { file: CLASSIFIER_FILE, size: content.length, ...facts, network: options };
}

/** Whether the set, or the training, is the one of then. */
async function stands({ job, folder, readers, ...context }: Context<ClassifierJob>): Promise<boolean> {
  const earlier = folder.record as { readonly subject?: string } | undefined;
  const training = await trainingAt(job.set, readers);
  if (training !== undefined) return earlier?.subject === (await readTraining(training)).subject;
  const run = job.data?.dataset === undefined ? await runAt(job.set, readers) : undefined;
  const set = run === undefined ? (await subjectOf(job, { ...context, readers })).set : await readSet(run);
  return earlier?.subject === (await subjectHash(set));
}

/** The storage of a training of a whole set; undefined where the path holds something else. */
async function trainingAt(path: string, readers: Readers): Promise<Storage | undefined> {
  const storage = readers.storage(path);
  return (await readJobFile(storage))?.kind === "train" ? storage : undefined;
}

interface Training {
  readonly record: TrainingRecord;
  readonly result: TrainResult;
  readonly bytes: Uint8Array;
  /** SHA-256 of the parameters. */
  readonly subject: string;
}

/** @throws DatadamError INVALID_RUN where it is not finished, or its parameters are others than it left */
async function readTraining(storage: Storage): Promise<Training> {
  const finished = await readFinished(storage);
  if (finished === undefined) {
    throw new DatadamError("INVALID_RUN", `${storage.name} is a training that is not finished`, {
      hint: "Resume it first: its network is taken as it is at the end.",
    });
  }
  const bytes = await storage.read(PARAMETERS_FILE);
  const subject = bytes && (await sha256(bytes));
  if (bytes === undefined || subject === undefined || subject !== finished.files[PARAMETERS_FILE]) {
    throw new DatadamError("INVALID_RUN", `${storage.name}/${PARAMETERS_FILE} is not what the training left`, {
      hint: "Put the original file back, or train again in another folder.",
    });
  }
  const record = checkTrainingRecord(await jsonOf(storage, RECORD_FILE), storage.name);
  return { record, result: finished.result as TrainResult, bytes, subject };
}

/** The network of a training. */
async function taken(storage: Storage, context: Context<ClassifierJob>): Promise<Made> {
  const { job, folder } = context;
  const { space, protocol, network: choice, seed, number, softLabels, temperature } = job;
  const settled = Object.entries({ space, protocol, network: choice, seed, number, softLabels, temperature });
  const others = Object.keys(defined(job.data ?? {})).filter((key) => !(PLACE_KEYS as readonly string[]).includes(key));
  const wrong = [...settled.flatMap(([key, value]) => (value === undefined ? [] : [key])), ...others];
  if (wrong.length > 0) {
    const words = wrong.map((key) => `\`${key}\``).join(", ");
    throw new DatadamError(
      "INVALID_OPTION",
      `${storage.name} holds a network that is trained: ${words} cannot change`,
      {
        hint: "Leave them out, or give a distilled set.",
      },
    );
  }
  const { record, result, bytes, subject } = await readTraining(storage);
  const { name, ...options } = record.network;
  const network = buildNetwork(name, options);
  const preprocessing =
    record.zca === false
      ? { normalization: await normalizationOf(record, context), zca: undefined }
      : await keptPreprocessing(storage);
  if (preprocessing === undefined) {
    throw new DatadamError("INVALID_RUN", `The whitening of ${storage.name} is missing`, {
      hint: "Put the original files back.",
    });
  }
  await folder.begin({ subject, versions: context.versions });
  const { accuracy, correct, count, images, protocol: used } = result;
  return {
    ...{ network, parameters: loadParameters(network, decodeSafetensors(bytes).tensors), preprocessing },
    ...{ accuracy, correct, count, images, protocol: used, seed: record.seed },
    classNames: record.dataset.classNames,
    dataset: nameOf(record.dataset),
  };
}

/** The normalisation of a training without whitening: that of its images, which are read again. */
async function normalizationOf({ dataset }: TrainingRecord, context: Context<ClassifierJob>) {
  context.note(`loading ${nameOf(dataset)} for its normalisation`);
  const place = defined(placeOf({ dataset: dataset.source, ...context.job.data }));
  return (await reloadData(dataset, place, context)).dataset.train.normalization;
}

/** A network that is trained on a set, as an evaluation trains that of the same number. */
async function trained(context: Context<ClassifierJob>): Promise<Made> {
  const { job, folder, signal } = context;
  const subject = await subjectOf(job, context);
  const { set: stored, train, test, fingerprint } = subject;
  const seed = job.seed ?? subject.seed;
  const number = job.number ?? 0;
  const protocol = resolveProtocol(parseProtocol(job.protocol ?? "quick"), test.flippable);
  const network = networkFor(stored, job.network ?? {}, protocol.norm);
  const options = { name: network.name, ...network.options };
  const { set, softLabels } = await softened(subject, network, context);
  const hash = await subjectHash(stored);
  const facts = { subject: hash, data: fingerprint, seed, number, network: options, protocol, softLabels };
  const identity = await sha256(canonicalJson(facts));
  const earlier = folder.record as { readonly identity?: string } | undefined;
  // What was trained on another set, such as the same run some iterations ago, is not gone on with.
  if (earlier !== undefined && earlier.identity !== identity) await folder.storage.remove("checkpoints");
  await folder.begin({ ...facts, identity, versions: context.versions });
  const whole = expandSet(set);
  const examples = examplesOf(softLabels === undefined ? whole : { ...whole, targets: set.softLabels });
  const key = Key.fromSeed(seed).fold("evaluate", number);
  const { state, trainer } = await fitInFolder(context, examples, { network, protocol, key, identity });
  const { preprocessing, classNames, factor = 1 } = stored;
  const whitened = { zca: preprocessing.zca !== undefined, zcaEps: preprocessing.zca?.eps ?? 0 };
  const prepared = await prepareSet(test, whitened, context, preprocessing);
  const correct = await countCorrect(trainer, prepared, signal);
  return {
    ...{ network, parameters: { ...state.parameters, ...state.buffers }, preprocessing, classNames },
    ...{ accuracy: (100 * correct) / test.count, correct, count: test.count, protocol, seed },
    images: stored.labels.length,
    dataset: nameOf(train),
    metadata: {
      number: String(number),
      ...(factor > 1 && { factor: String(factor) }),
      ...(softLabels !== undefined && { softLabels: canonicalJson(softLabels) }),
    },
  };
}

/** The set with the soft labels that are wanted, and whose they are. */
async function softened(
  { set }: Subject,
  { options: { norm } }: Network,
  context: Context<ClassifierJob>,
): Promise<{ readonly set: SyntheticSet; readonly softLabels?: Readonly<Record<string, unknown>> }> {
  const { softLabels: wanted, temperature } = context.job;
  if (wanted === undefined || wanted === "stored") {
    if (temperature !== undefined) {
      throw new DatadamError("INVALID_OPTION", "`temperature` is that of a teacher, whom `softLabels` names");
    }
    if (wanted === undefined) return { set };
    if (set.softLabels !== undefined) return { set, softLabels: { teacher: "stored" } };
    throw new DatadamError("INVALID_OPTION", "`softLabels` stored: the set carries no soft labels", {
      hint: "Name a teacher instead: `softLabels` TEACHER.safetensors",
    });
  }
  const teacher = await readTeacher(wanted, set, { norm: (norm as Norm | undefined) ?? "instance" }, context);
  const softLabels = { teacher: teacher.sha256, temperature: temperature ?? 1 };
  return { set: await withSoftLabels(set, { ...teacher, engine: await context.engine(), temperature }), softLabels };
}

/** A data set's own name, of that of its training part. */
function nameOf({ name }: { readonly name: string }): string {
  return name.replace(/\/train$/, "");
}
