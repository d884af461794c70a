// The images of a job: loading is done, for its facts are needed; whitening is projected from a part of it.

import type { Engine } from "../../engine/types.ts";
import {
  fitZca,
  type ImageSet,
  imageSet,
  imageSize,
  type PreparedSet,
  type Preprocessing,
  prepare,
  prepareWith,
  type SyntheticSet,
} from "../../images/index.ts";
import { type Multiply, withMultiply } from "../../linalg/index.ts";
import { encodePreprocessing } from "../../run/portable.ts";
import type { TrainingImages } from "../../train/index.ts";
import type { DataOptions } from "../inputs/data.ts";
import { loadData, type Source } from "../inputs/load.ts";
import type { PlanContext } from "./types.ts";

/** Images of one product of fitting and whitening. */
const CHUNK = 1024;
/** Chunks of which fitting is measured; the first compiles. */
const FITTED = 3;
/** Images that are whitened to measure it: as many chunks as are under way at once. */
const WHITENED = 8 * CHUNK;
/** Numbers of an image from which on a corner of the images is measured: products of larger matrices take minutes. */
const MOST = 3 * 40 * 40;
const NONE = new Float32Array(0);
/** Steps that a square root takes beyond those that its bounds ask for. */
const ONE_MORE = 1;

/**
 * Loads what a job names.
 *
 * @param inspected whether the job looks through the images for what is odd.
 */
export async function planLoading(context: PlanContext, data: DataOptions, inspected: boolean): Promise<Source> {
  let source: Source | undefined;
  const count = (): number => source!.dataset.train.count + (source!.dataset.test?.count ?? 0);
  await context.meter.phase("loading", count, "image", async () => {
    const began = performance.now();
    source = await loadData(data, context);
    if (inspected) for (const warning of source.inspect?.() ?? []) context.warn(warning);
    return { seconds: (performance.now() - began) / 1000, measured: count() };
  });
  return source!;
}

/** What is whitened. */
export interface Whitening {
  /** The set that the whitening is of, which is fitted unless it is known. */
  readonly train: ImageSet;
  readonly eps: number;
  /** Whether it is to be fitted, or kept from an earlier time. False: another job has it. */
  readonly fitted: boolean;
  /** Images that are whitened, of all sets. */
  readonly count: number;
  /** Whether the job keeps it in its folder. */
  readonly kept: boolean;
}

/** Projects fitting and whitening, by the progress of both on a few images. */
export async function planWhitening(
  context: PlanContext,
  { train, eps, fitted, count, kept }: Whitening,
): Promise<void> {
  const { meter, signal, cache } = context;
  const d = imageSize(train);
  const matrices = 2 * 4 * d * d;
  const known = fitted && cache !== undefined && (await isKept(context, train, eps));
  if (fitted && !known) {
    await meter.phase("fitting the whitening", train.count, "image", () =>
      measured(context, (multiply) => fitting(train, eps, multiply, signal)),
    );
  }
  meter.hold(matrices);
  const file = kept ? encodePreprocessing(blank(train, eps)).length : 0;
  await meter.phase("whitening", count, "image", async () => {
    const found = await measured(context, (multiply) => whitening(train, eps, count, multiply, signal));
    return { ...found, disk: file };
  });
  meter.hold(4 * count * d);
  meter.remark(
    known ? "The whitening is in the cache: it is not fitted again." : "Whitening is projected from matrix products.",
  );
  // The last phase holds what it makes by its end.
  const last = meter.phases.pop()!;
  meter.phases.push({ ...last, memory: last.memory === null ? null : last.memory + 4 * count * d });
}

async function measured<T>(context: PlanContext, work: (multiply: Multiply) => Promise<T>): Promise<T> {
  const engine: Engine = await context.engine();
  return withMultiply(Number.POSITIVE_INFINITY, { engine }, work);
}

/** Thrown where enough was seen. */
class Seen extends Error {
  readonly stage: string;
  constructor(stage: string) {
    super(stage);
    this.stage = stage;
  }
}

/** Whether the cache has the whitening of a set: what is first done after asking it tells. */
async function isKept(context: PlanContext, set: ImageSet, eps: number): Promise<boolean> {
  const { cache } = context;
  const readOnly = { get: (key: string) => cache!.get(key), put: async () => {} };
  const onProgress = (stage: string): void => {
    throw new Seen(stage);
  };
  try {
    await measured(context, (multiply) => prepare(set, { zca: { eps }, cache: readOnly, multiply, onProgress }));
  } catch (error) {
    if (!(error instanceof Seen)) throw error;
    return error.stage === "whiten";
  }
  return true;
}

/** Seconds of fitting, by its chunks and the first two steps of the square root. */
async function fitting(
  train: ImageSet,
  eps: number,
  multiply: Multiply,
  signal: AbortSignal,
): Promise<{ seconds: number; measured: number; more: number }> {
  const part = corner(train, Math.min(train.count, FITTED * CHUNK));
  const times: Record<string, number[]> = { covariance: [], root: [] };
  let before = performance.now();
  let steps = 1;
  const onProgress = (stage: string, done: number): void => {
    signal.throwIfAborted();
    const now = performance.now();
    times[stage]!.push((now - before) / 1000);
    before = now;
    if (stage !== "root" || done === 0) return;
    if (times.root!.length === 2) steps = Math.round(1 / done);
    if (times.root!.length === 3) throw new Seen(stage);
  };
  await fitZca(part, eps, multiply, onProgress).catch((error: unknown) => {
    if (!(error instanceof Seen)) throw error;
  });
  const [d, measuredSize] = [imageSize(train), imageSize(part)];
  const ratio = d / measuredSize;
  const chunks = times.covariance!.slice(1);
  const [between = 0, first = 0, second = first] = times.root!;
  const perChunk = Math.min(...chunks.slice(-2));
  const covariance = (train.count / Math.min(part.count, CHUNK)) * perChunk * ratio ** 2;
  const root = (first + (steps - 1 + ONE_MORE) * second) * ratio ** 3;
  const more = 5 * 8 * (d * d - measuredSize * measuredSize);
  return { seconds: covariance + between * ratio ** 2 + root, measured: part.count, more };
}

/** Seconds of whitening, by a part of the images. */
async function whitening(
  train: ImageSet,
  eps: number,
  count: number,
  multiply: Multiply,
  signal: AbortSignal,
): Promise<{ seconds: number; measured: number }> {
  const some = corner(train, Math.min(train.count, WHITENED));
  const preprocessing = blank(some, eps);
  const onProgress = (): void => signal.throwIfAborted();
  await prepareWith(preprocessing, corner(train, Math.min(train.count, CHUNK)), { multiply, onProgress });
  const began = performance.now();
  await prepareWith(preprocessing, some, { multiply, onProgress });
  const seconds = (performance.now() - began) / 1000;
  const ratio = imageSize(train) / imageSize(some);
  return { seconds: (count / some.count) * seconds * ratio ** 2, measured: some.count };
}

/** Whitening that is as large as that of a set, and does nothing of use. */
function blank(set: ImageSet, eps: number): Preprocessing {
  const d = imageSize(set);
  const matrix = new Float32Array(d * d);
  return {
    normalization: set.normalization,
    zca: { eps, mean: new Float32Array(d), whiten: matrix, unwhiten: matrix },
  };
}

/** Real images to train on, so many: again from the beginning where there are fewer. */
export function realImages(prepared: PreparedSet, count: number): TrainingImages {
  const { labels: all, shape, preprocessing } = prepared;
  const indices = Array.from({ length: count }, (_, i) => i % prepared.count);
  const labels = Uint16Array.from(indices, (index) => all[index]!);
  return { images: prepared.read(indices), labels, shape, preprocessing };
}

/** A set that says that it was whitened, as its file does. @param eps of the whitening */
export function asWhitened(set: SyntheticSet, eps: number | false): SyntheticSet {
  const zca = eps === false ? undefined : { eps, mean: NONE, whiten: NONE, unwhiten: NONE };
  return { ...set, preprocessing: { ...set.preprocessing, zca } };
}

/** Some images from all over a set; of large ones a corner. */
function corner(set: ImageSet, count: number): ImageSet {
  const [channels, height, width] = set.shape;
  const side = Math.floor(Math.sqrt(MOST / channels));
  const shape =
    imageSize(set) <= MOST ? set.shape : ([channels, Math.min(height, side), Math.min(width, side)] as const);
  const [, rows, columns] = shape;
  const picks = Array.from({ length: count }, (_, i) => Math.floor((i * set.count) / count));
  const size = channels * rows * columns;
  const pixels = new Uint8Array(count * size);
  for (const [i, pick] of picks.entries()) {
    const image = set.image(pick);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < rows; y++) {
        const from = (c * height + y) * width;
        pixels.set(image.subarray(from, from + columns), i * size + (c * rows + y) * columns);
      }
    }
  }
  const { name, classNames, normalization, flippable } = set;
  const labels = picks.map((pick) => set.labels[pick]!);
  return imageSet({ name, pixels, labels, shape, classNames, normalization, flippable });
}
