// The job that evaluates: fresh networks trained on a small set alone, and on as many random real images, and tested.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import {
  type Answers,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  gathered,
  networkFor,
  networkTitle,
  planNetworks,
  summaryOf,
  withSoftLabels,
  workInImages,
} from "../../evaluate/index.ts";
import {
  expandSet,
  type ImageSet,
  imageSize,
  type PreparedSet,
  prepare,
  randomSubset,
  type SyntheticSet,
} from "../../images/index.ts";
import { NORMS } from "../../nn/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import { parseProtocol, resolveProtocol } from "../../train/index.ts";
import { readTeacher, teacherOfRun } from "../bank/teacher.ts";
import { sha256 } from "../folder/hash.ts";
import type { Journal } from "../folder/journal.ts";
import { addResult, type ResultEntry, readResults } from "../folder/results.ts";
import { changedDataSchema, loggedExecutionSchema } from "../inputs/data.ts";
import { networkLogs } from "../inputs/logs.ts";
import { archSchema, networkOptions } from "../inputs/network.ts";
import type { TrainedNetwork } from "../inputs/parameters.ts";
import { drawResult } from "../inputs/pictures.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { protocolSchema } from "../inputs/protocol.ts";
import { readSet, SPACES, subjectHash } from "../inputs/sets.ts";
import { runAt, type Subject, subjectOf } from "../inputs/subject.ts";
import { planRow } from "../plan/evaluate.ts";
import { planWhitening } from "../plan/images.ts";
import type { PlanContext } from "../plan/types.ts";
import type { Context, Kind } from "../types.ts";

const schema = z.strictObject({
  kind: z.literal("evaluate"),
  set: z.string().min(1).describe("A run, a file of ours, or with `data.dataset` a set of another program."),
  data: changedDataSchema.optional().describe("Another data set, or another place of the run's own."),
  space: z.enum(SPACES).optional().describe("What the float images of another program's set are."),
  networks: z.int().positive().default(3).describe("Fresh networks to train."),
  first: z.int().nonnegative().default(0).describe("Number of the first of them: it names their random draws."),
  protocol: protocolSchema.default("quick").describe("How they are trained: a name, or all of a protocol."),
  arch: z.array(z.string()).min(1).optional().describe("Networks, a row each (default: that of the distillation)."),
  pool: z.string().optional().describe("A pool of networks instead."),
  norm: z.array(z.enum(NORMS)).min(1).optional().describe("Normalisation layers, a row each."),
  network: z
    .strictObject({ arch: archSchema.optional(), ...networkOptions })
    .optional()
    .describe("One network with its options, instead of `arch`, `pool` and `norm`."),
  seed: z.int().nonnegative().optional().describe("Of the networks (default: that of the run)."),
  random: z.boolean().default(true).describe("A row of as many random real images."),
  whole: z
    .strictObject({ networks: z.int().positive().default(1), protocol: protocolSchema.default("whole") })
    .optional()
    .describe("A row of the whole training part."),
  softLabels: z
    .string()
    .optional()
    .describe("A teacher's parameters, a bank, whose most trained network it is, or `stored`."),
  temperature: z.number().positive().optional().describe("Of the teacher's softmax (default: 1)."),
  keep: z.literal(false).optional().describe("Leaves the run's result.json as it is: for a part of an evaluation."),
  execution: loggedExecutionSchema.optional(),
});

/** Rows and networks that are done. */
const JOURNAL_FILE = "journal.jsonl";

/** An evaluation as a value. */
export type EvaluateJob = z.infer<typeof schema>;

/** Rows under other names than their own. */
export type RowNames = Readonly<Record<string, string>>;

export interface EvaluateResult {
  /** One a network, in the order of the job. */
  readonly entries: readonly ResultEntry[];
  /** Images per class. */
  readonly ipc: number;
  readonly names: RowNames;
  /** Images of the whole training part. */
  readonly count: number;
  /** Seconds that the row of the whole set would take, where it was not asked for and something was measured. */
  readonly wholeSeconds?: number | undefined;
  /** Whether the set is that of a run, which keeps the entries in its `result.json`. */
  readonly kept: boolean;
}

export const evaluateKind: Kind<EvaluateJob, EvaluateResult> = {
  kind: "evaluate",
  about: "Trains fresh networks on a distilled set, and on random real images, and tests them.",
  schema: schema as unknown as z.ZodType<EvaluateJob>,
  free: [],
  stands,
  plan,
  run,
};

/** What an evaluation is of, as its record keeps it: of another set, or other images, nothing is taken over. */
interface EvaluationRecord {
  /** SHA-256 of the set. */
  readonly subject: string;
  /** Fingerprint of the training part. */
  readonly data: string;
  readonly softLabels?: ResultEntry["softLabels"];
}

/** A row to measure. */
interface Row {
  readonly set: SyntheticSet;
  readonly options: EvaluateOptions;
}

async function run(context: Context<EvaluateJob>): Promise<EvaluateResult> {
  const { job, folder } = context;
  const subject = await subjectOf(job, context);
  const { set, train, ipc, seed } = subject;
  const storage = job.keep === false ? undefined : subject.storage;
  // A file that cannot be added to shows before hours of training, not after.
  if (storage !== undefined) await readResults(storage);
  const { norm } = parseProtocol(job.protocol);
  const planned = planNetworks(set, job, norm, context.warn);
  const rows = await rowsOf(subject, context, planned[0]!.norm);
  const test = await testOnce(subject.test, set, context);
  const record = { subject: await subjectHash(set), data: subject.fingerprint, softLabels: rows.record };
  // What was measured of another set, such as the same run some iterations ago, is not gone on with.
  if (!isOf(folder.record, record)) await folder.storage.remove(JOURNAL_FILE);
  await folder.begin({ ...record, versions: context.versions });
  const journal = await folder.journal(JOURNAL_FILE);
  const pace: Pace = { seconds: 0, images: 0 };
  const entries: ResultEntry[] = [];
  for (const [number, network] of planned.entries()) {
    const prefix = planned.length > 1 ? `${networkTitle({ ...network })}, ` : "";
    const options = { networks: job.networks, protocol: job.protocol, ...network };
    const measured: Record<string, Evaluation> = {};
    for (const [name, row] of Object.entries(rows.rows)) {
      const measure = { journal, key: `${number}/${name}`, title: prefix + name, first: job.first };
      // Said for all rows alike, so that they have the same networks.
      measured[name] = await measureRow(
        { ...row, options: { ...options, seed, ...row.options } },
        test,
        measure,
        context,
        pace,
      );
    }
    const key = `${number}/entry`;
    if (journal.get(key) === undefined) {
      await journal.add(key, {
        id: (await sha256(canonicalJson({ ...job, execution: undefined }), record.subject, key)).slice(0, 16),
        created: new Date(context.clock.now()).toISOString(),
        iteration: Number(set.provenance.iteration ?? 0),
        ...measured,
        softLabels: rows.record,
      });
    }
    const entry = journal.get(key) as ResultEntry;
    if (storage !== undefined) await addResult(storage, entry, { ...context, owner: folder.claim.owner });
    context.emit({ type: "result", key: networkTitle({ ...network }), value: entry });
    entries.push(entry);
  }
  const parts = set.factor === undefined ? "" : `, ${set.factor} x ${set.factor} in each`;
  const shown = `${subject.name}${parts}${rows.record === undefined ? "" : ", soft labels"}`;
  const names = { distilled: shown, ...(rows.both && { random: "random real, soft labels" }) };
  const wholeSeconds =
    job.whole === undefined && pace.images > 0 ? secondsOfWhole(subject, planned.length, pace) : undefined;
  if (storage !== undefined) await drawResult(storage, set, entries[0]!, names);
  return { entries, ipc, names, count: train.count, wholeSeconds, kept: storage !== undefined };
}

/** Images of training that were worth so many seconds. */
interface Pace {
  seconds: number;
  images: number;
}

/** What the row of the whole set would take by its default protocol, with each of the networks. */
function secondsOfWhole({ train, test }: Subject, networks: number, { seconds, images }: Pace): number {
  const { epochs } = parseProtocol("whole");
  return (networks * workInImages(epochs, train.count, test.count) * seconds) / images;
}

/** Whether the result is of the set as it is now: a run may have gone on, a file may be another. */
async function stands(context: Context<EvaluateJob>): Promise<boolean> {
  const { job, folder, readers } = context;
  const run = job.data?.dataset === undefined ? await runAt(job.set, readers) : undefined;
  const earlier = folder.record as Partial<EvaluationRecord> | undefined;
  if (run !== undefined) return earlier?.subject === (await subjectHash(await readSet(run)));
  const { set, fingerprint } = await subjectOf(job, context);
  return earlier?.subject === (await subjectHash(set)) && earlier.data === fingerprint;
}

function isOf(earlier: unknown, { subject, data, softLabels }: EvaluationRecord): boolean {
  const there = earlier as Partial<EvaluationRecord> | undefined;
  if (there?.subject !== subject || there.data !== data) return false;
  return canonicalJson(there.softLabels ?? null) === canonicalJson(softLabels ?? null);
}

interface Rows {
  readonly rows: Readonly<Record<string, Row>>;
  /** Whether the random row has soft labels too. */
  readonly both: boolean;
  readonly record: ResultEntry["softLabels"];
}

async function rowsOf(subject: Subject, context: Context<EvaluateJob>, norm: EvaluateOptions["norm"]): Promise<Rows> {
  const { job } = context;
  const { set, train, ipc, seed } = subject;
  const rows: Record<string, Row> = { distilled: { set, options: {} } };
  if (job.random || job.whole !== undefined) {
    const prepared = await prepareSet(train, { zca: false, zcaEps: 0.1 }, context, set.preprocessing);
    if (job.random) rows.random = { set: randomSubset(prepared, ipc, seed), options: {} };
    if (job.whole !== undefined) rows.whole = { set: wholeSet(prepared, set), options: job.whole };
  }
  return softLabelled(rows, subject, norm, context);
}

/** The rows with soft labels, where they are wanted: of a teacher for both alike, or those that the set carries. */
async function softLabelled(
  rows: Readonly<Record<string, Row>>,
  { storage }: Subject,
  norm: EvaluateOptions["norm"],
  context: Context<EvaluateJob>,
): Promise<Rows> {
  const { softLabels: wanted, temperature } = context.job;
  const distilled = rows.distilled!;
  const options = { softLabels: true };
  if (wanted === undefined) {
    if (temperature === undefined) return { rows, both: false, record: undefined };
    throw new DatadamError("INVALID_OPTION", "`temperature` is that of `softLabels`, which are not given");
  }
  if (wanted === "stored") {
    if (distilled.set.softLabels === undefined || temperature !== undefined) {
      const what = temperature === undefined ? "the set carries no soft labels" : "they have no temperature";
      throw new DatadamError("INVALID_OPTION", `\`softLabels\` stored: ${what}`, {
        hint: "Name a teacher instead: `softLabels` TEACHER.safetensors",
      });
    }
    const own = { ...rows, distilled: { ...distilled, options } };
    const teacher = rows.random && (await teacherOfRun(storage, distilled.set, context));
    if (rows.random === undefined || teacher === undefined) {
      return { rows: own, both: false, record: { teacher: "stored" } };
    }
    const random = await labelled(rows.random, teacher, context);
    return { rows: { ...own, random }, both: true, record: { teacher: "stored", random: teacher.sha256 } };
  }
  if (rows.random === undefined) {
    throw new DatadamError("INVALID_OPTION", "`softLabels` need the row of random images under the same labels", {
      hint: "Soft labels lift any images, so that only the difference says something: leave `random` as it is.",
    });
  }
  const teacher = await readTeacher(wanted, distilled.set, { norm: norm ?? "instance" }, context);
  const all: Record<string, Row> = {};
  for (const [name, row] of Object.entries(rows)) all[name] = await labelled(row, teacher, context, temperature);
  return { rows: all, both: true, record: { teacher: teacher.sha256, temperature: temperature ?? 1 } };
}

/** A row with what a teacher says of its images. */
async function labelled(
  row: Row,
  teacher: TrainedNetwork,
  context: Context<EvaluateJob>,
  temperature = 1,
): Promise<Row> {
  const set = await withSoftLabels(row.set, { ...teacher, engine: await context.engine(), temperature });
  return { set, options: { ...row.options, softLabels: true } };
}

/** Whitens the test set once for all rows; without whitening preparing is free. */
async function testOnce(
  test: ImageSet,
  { preprocessing }: SyntheticSet,
  context: Context,
): Promise<ImageSet | PreparedSet> {
  if (preprocessing.zca === undefined) return test;
  return prepareSet(test, { zca: true, zcaEps: preprocessing.zca.eps }, context, preprocessing);
}

interface Measure {
  readonly journal: Journal;
  readonly key: string;
  readonly title: string;
  /** Number of the first network. */
  readonly first: number;
}

/** A network of the journal. Earlier versions wrote its accuracy alone, and `best` beside it where there was one. */
interface Tested extends Partial<Answers> {
  readonly accuracy: number;
  /** Where the protocol tests along the way. */
  readonly best?: number | undefined;
}

/** Measures a row network by network: those of the journal are not trained again. */
async function measureRow(
  { set, options }: Row,
  test: ImageSet | PreparedSet,
  { journal, key, title, first }: Measure,
  context: Context<EvaluateJob>,
  pace: Pace,
): Promise<Evaluation> {
  const finished = journal.get(key);
  if (finished !== undefined) return finished as Evaluation;
  const { signal } = context;
  const networks = options.networks ?? 3;
  const all = Array.from({ length: networks }, (_, index) => first + index);
  const missing = all.filter((index) => journal.get(`${key}/${index}`) === undefined);
  // Killed between the last network and the row: the facts of the row are those of one that is trained again.
  const indices = missing.length > 0 ? missing : all.slice(-1);
  let writing: Promise<void> = Promise.resolve();
  const log = networkLogs(context, title);
  const evaluation = await evaluate(set, test, {
    ...options,
    indices,
    engine: await context.engine(),
    signal,
    onNetwork(index, accuracy, best, answers) {
      if (journal.get(`${key}/${index}`) !== undefined) return;
      const told: Tested = { accuracy, ...(best !== undefined && { best }), ...answers };
      log.end(index, { accuracy, ...(best !== undefined && { best }) });
      writing = Promise.all([writing, log.written()]).then(() => journal.add(`${key}/${index}`, told));
      // Told of at the end, by the same promise.
      writing.catch(() => undefined);
    },
    onProgress({ network, epoch, epochs, loss, tested, done }) {
      if (tested === undefined) log.epoch(indices[network]!, epoch, loss);
      const now = tested === undefined ? `epoch ${epoch}/${epochs}` : `testing ${tested}/${test.count}`;
      context.progress({
        stage: `evaluating ${title}`,
        done,
        total: 1,
        detail: `network ${networks - indices.length + network + 1}/${networks}, ${now}`,
        data: { network, networks, epoch, epochs, loss, ...(tested !== undefined && { tested }) },
      });
    },
  }).finally(() => writing);
  pace.seconds += evaluation.seconds;
  pace.images += indices.length * workInImages(evaluation.protocol.epochs, expandSet(set).labels.length, test.count);
  const tested = all.map((index): Tested => {
    const one = journal.get(`${key}/${index}`) as number | Tested;
    return typeof one === "number" ? { accuracy: one } : one;
  });
  const { byClass: _, confusion: __, ...rest } = evaluation;
  const whole = {
    ...rest,
    ...summaryOf(tested.map(({ accuracy }) => accuracy)),
    ...(evaluation.best && { best: summaryOf(tested.map(({ accuracy, best }) => best ?? accuracy)) }),
    ...gathered(tested),
  };
  await journal.add(key, whole);
  return whole;
}

/** Every training image, sorted by class, in the shape of a distilled set. */
function wholeSet(prepared: PreparedSet, like: SyntheticSet): SyntheticSet {
  const order = Array.from(prepared.labels.keys()).sort((a, b) => prepared.labels[a]! - prepared.labels[b]! || a - b);
  return {
    ...like,
    factor: undefined,
    softLabels: undefined,
    images: prepared.read(order),
    labels: Uint16Array.from(order, (index) => prepared.labels[index]!),
  };
}

/** Images of the whole training part that are read to plan its row. */
const SOME = 2048;

async function plan(context: PlanContext<EvaluateJob>): Promise<void> {
  const { job, meter } = context;
  let loaded: Subject | undefined;
  const count = (): number => loaded!.train.count + loaded!.test.count;
  await meter.phase("loading", count, "image", async () => {
    const began = performance.now();
    loaded = await subjectOf(job, context);
    return { seconds: (performance.now() - began) / 1000, measured: count() };
  });
  const { set, train, test, ipc, seed } = loaded!;
  const planned = planNetworks(set, job, parseProtocol(job.protocol).norm, context.warn);
  const { zca } = set.preprocessing;
  const real = job.random || job.whole !== undefined;
  if (zca !== undefined) {
    const whitened = test.count + (real ? train.count : 0);
    await planWhitening(context, { train, eps: zca.eps, fitted: false, count: whitened, kept: false });
  }
  const prepared = await prepare(train, { zca: false });
  const rows: Record<string, { readonly set: SyntheticSet; readonly options: EvaluateOptions; count?: number }> = {
    distilled: { set: expandSet(set), options: {} },
    ...(job.random && { random: { set: randomSubset(prepared, ipc, seed), options: {} } }),
  };
  if (job.whole !== undefined) {
    const indices = Array.from({ length: Math.min(SOME, train.count) }, (_, index) => index);
    const labels = train.labels.subarray(0, indices.length);
    const some = { ...set, factor: undefined, softLabels: undefined, images: prepared.read(indices), labels };
    rows.whole = { set: some, options: job.whole, count: train.count };
    meter.hold(4 * train.count * imageSize(train));
  }
  if (job.softLabels !== undefined) meter.remark("What a teacher says of the images is not counted.");
  const tested = await prepare(test, { zca: false });
  const tests = new Map();
  for (const [number, choice] of planned.entries()) {
    const prefix = planned.length > 1 ? `${networkTitle({ ...choice })}, ` : "";
    for (const [name, row] of Object.entries(rows)) {
      const { networks = job.networks, protocol: own = job.protocol } = row.options;
      const protocol = resolveProtocol(parseProtocol(own), test.flippable);
      const network = networkFor(row.set, choice, protocol.norm);
      const what = { key: `${number}/${name}`, title: prefix + name, network, protocol, networks, first: job.first };
      const preprocessing = { normalization: set.preprocessing.normalization, zca: undefined };
      const images = { ...row.set, preprocessing };
      await planRow(context, { ...what, set: images, ...(row.count && { count: row.count }) }, tested, tests);
    }
  }
}
