// The job that replays: a network learns a stream of classes, with a distilled set as its memory and without.

import * as z from "zod";
import { blurredStream, ReplayMemory, type StreamPoint, trainOnStream } from "../../continual/index.ts";
import type { Program } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { networkFor } from "../../evaluate/index.ts";
import { assertSameImages, expandSet } from "../../images/index.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../../images/types.ts";
import { NORMS } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { beginWith, openData } from "../inputs/begun.ts";
import { dataSchema, executionSchema } from "../inputs/data.ts";
import { checkClasses, defined, requireTest } from "../inputs/load.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { readSetAt, setHash } from "../inputs/sets.ts";
import type { Context, Kind } from "../types.ts";

const count = z.int().positive();

const schema = z.strictObject({
  kind: z.literal("replay"),
  set: z.string().min(1).describe("The distilled set that the memory holds at first: a run, or a file of ours."),
  data: dataSchema.prefault({}).describe("The images that come, class after class; of the classes of the set."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("Only these come; the test has all."),
  blur: z.number().nonnegative().default(0).describe("How far borders of classes blur, in lengths of a class."),
  capacity: count.optional().describe("Images of the memory (default: as many as the set has)."),
  batch: count.default(32).describe("Images of the stream a step, and as many of the memory."),
  lr: z.number().positive().default(0.01).describe("Learning rate."),
  points: count.default(5).describe("How often the network is tested."),
  networks: count.default(1).describe("Fresh networks."),
  arch: z.string().optional().describe("The network (default: as in distillation)."),
  norm: z.enum(NORMS).optional().describe("Its normalisation (default: as in distillation)."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw."),
  execution: executionSchema.optional(),
});

/** A comparison along a stream as a value. */
export type ReplayJob = z.infer<typeof schema>;

/** What a replay found. */
export interface ReplayResult {
  /** Images of the memory. */
  readonly capacity: number;
  /** SHA-256 of the set. */
  readonly set: string;
  readonly points: readonly {
    /** Images of the stream so far, and their classes. */
    readonly images: number;
    readonly classes: number;
    /** Test accuracy of each network, in per cent. */
    readonly with: readonly number[];
    readonly without: readonly number[];
  }[];
}

export const replayKind: Kind<ReplayJob, ReplayResult> = {
  kind: "replay",
  about: "Trains networks on a stream of classes, with a distilled set as their memory and without.",
  schema: schema as unknown as z.ZodType<ReplayJob>,
  free: [],
  async stands({ job, folder, readers }) {
    const { set } = folder.finished!.result as ReplayResult;
    // What is gone has not changed.
    const now = await readSetAt(job.set, readers).catch(() => undefined);
    return now === undefined || (await setHash(now)) === set;
  },
  run,
};

async function run(context: Context<ReplayJob>): Promise<ReplayResult> {
  const { job, folder, readers, signal } = context;
  const given = await readSetAt(job.set, readers);
  const hash = await setHash(given);
  requireSame(hash, context);
  const set = expandSet(given);
  const source = await openData(context);
  const { train: images } = source.dataset;
  const hint = "Classes and images of both must be the same; `size` and `channels` bring images to the set's.";
  assertSameImages(set, "the set", images, { shape: hint, classes: hint });
  const prepare = (part: ImageSet): Promise<PreparedSet> =>
    prepareSet(part, { zca: false, zcaEps: 0 }, context, set.preprocessing);
  const test = requireTest(source.dataset);
  const train = await prepare(images);
  const order = streamOf(train, checkClasses(job.classes, train.classNames), job);
  const task = { train, test: await prepare(test), order };
  // Built before anything is kept: a network that does not fit shows here.
  const learn = await learner(set, task, context);
  signal.throwIfAborted();
  await beginWith(source, context, { set: hash });
  const journal = await folder.journal();
  const known = async (index: number, title: "with" | "without"): Promise<StreamPoint[]> => {
    const key = `network ${index} ${title}`;
    if (journal.get(key) === undefined) {
      const points = await learn(index, title);
      await journal.add(key, points);
      context.emit({ type: "result", key, value: points });
    }
    return journal.get(key) as StreamPoint[];
  };
  const rows = { with: [] as StreamPoint[][], without: [] as StreamPoint[][] };
  for (let index = 0; index < job.networks; index++) {
    rows.with.push(await known(index, "with"));
    rows.without.push(await known(index, "without"));
  }
  const points = rows.with[0]!.map((point, at) => ({
    images: point.images,
    classes: new Set(Array.from(order.subarray(0, point.images), (index) => train.labels[index])).size,
    with: rows.with.map((network) => network[at]!.accuracy),
    without: rows.without.map((network) => network[at]!.accuracy),
  }));
  return { capacity: job.capacity ?? set.labels.length, set: hash, points };
}

/** @throws DatadamError INVALID_DATA where the set is not the one that the job was begun with */
function requireSame(hash: string, { job, folder }: Context<ReplayJob>): void {
  const begun = (folder.record as { readonly set?: string } | undefined)?.set;
  if (begun === undefined || begun === hash) return;
  throw new DatadamError("INVALID_DATA", `The set at ${job.set} is not the one that this was begun with`, {
    hint: "Put the earlier one back, or choose another folder.",
  });
}

/** @param classes those that come; all where null. */
function streamOf(train: PreparedSet, classes: readonly number[] | null, { blur, seed }: ReplayJob): Uint32Array {
  const order = blurredStream(train, blur, Key.fromSeed(seed).fold("replay"));
  return classes === null ? order : order.filter((index) => classes.includes(train.labels[index]!));
}

interface Task {
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  readonly order: Uint32Array;
}

/** What trains one network along the stream, its memory filled with the set or empty. */
async function learner(
  set: SyntheticSet,
  task: Task,
  { job, signal, progress, engine: start }: Context<ReplayJob>,
): Promise<(index: number, title: "with" | "without") => Promise<StreamPoint[]>> {
  const { arch, norm, seed, batch, lr, points, networks, capacity = set.labels.length } = job;
  const network = networkFor(set, defined({ arch, norm }));
  const engine = await start();
  const programs = new Map<string, Program>();
  return (index, title) => {
    const own = Key.fromSeed(seed).fold("memory", index).stream();
    const memory = new ReplayMemory({ shape: set.shape, capacity, seed: own.integer(2 ** 53 - 1) });
    if (title === "with") memory.observe(set.images, set.labels);
    const stage = `${title === "with" ? "with the set" : "without"}, network ${index + 1}/${networks}`;
    return trainOnStream({
      ...task,
      ...{ network, memory, batch, points, lr, momentum: 0.9, weightDecay: 5e-4, engine, programs, signal },
      key: Key.fromSeed(seed).fold("replay", index),
      onProgress: (done) => progress({ stage, done, total: 1 }),
    });
  };
}
