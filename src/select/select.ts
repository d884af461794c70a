// Coresets: a few real images of each class, chosen so that they stand for all.

import pMap from "p-map";
import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import {
  classMembers,
  classStream,
  downsample,
  factorFault,
  type ImageSet,
  type PreparedSet,
  prepare,
  randomMembers,
  subset,
} from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { allocate, withMultiply } from "../linalg/index.ts";
import { initialize, type Network, resolveNetwork } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import { networkOutputs } from "../train/index.ts";
import { forgettingScores, mostForgotten } from "./forgetting.ts";
import { herding } from "./herding.ts";
import { kCenter } from "./kCenter.ts";
import { kMeans } from "./kMeans.ts";
import { type DistanceMethod, FORGETTING_EPOCHS, SELECT_METHODS } from "./names.ts";
import type { Points } from "./points.ts";
import type { SelectOptions } from "./types.ts";

/** Lloyd's steps that the choice of a kernel reckons with. */
const EXPECTED_STEPS = 30;

/**
 * Chooses `ipc` real images of each class, as a set that `evaluate` takes. Deterministic: by the seed, with any number
 * of workers, all classes at once or in shards. With a `factor`, each image of the set is made of several chosen ones:
 * `random` is then the `mix` of the literature.
 *
 * @param set prepared, or as bytes (then it is normalised, without whitening).
 * @throws DatadamError `INVALID_OPTION` for an unknown method or network, a network that does not fit the images, a
 * number out of range, `INVALID_DATA` where a class has fewer images than it takes; RangeError where parameters do not
 * fit the network.
 */
export async function select(set: ImageSet | PreparedSet, options: SelectOptions): Promise<SyntheticSet> {
  const { seed = 0, method, ipc, factor = 1, features = "convnet", parameters, epochs = FORGETTING_EPOCHS } = options;
  checkOptions(set, options);
  const prepared = "read" in set ? set : await prepare(set, { zca: false });
  const chosen = await selectIndices(prepared, options, Key.fromSeed(seed));
  const trained = parameters === undefined ? {} : { trained: true };
  const provenance = {
    method,
    dataset: set.name,
    ipc,
    ...(factor > 1 && { factor }),
    seed,
    ...(method === "random" ? {} : { ...seenBy(prepared, features), ...trained }),
    ...(method === "forgetting" ? { epochs } : {}),
  };
  return shrunk(subset(prepared, chosen.flat(), provenance), factor);
}

/** The parts of a set's images, which lie one after the other, brought together. */
function shrunk(set: SyntheticSet, factor: number): SyntheticSet {
  if (factor === 1) return set;
  const images = downsample(set.images, set.shape, factor);
  return { ...set, images, labels: set.labels.filter((_, i) => i % factor ** 2 === 0), factor };
}

/**
 * The images that {@link select} chooses: indices into the set, an array of `ipc * factor`^2 a class, in the order of
 * the classes.
 */
export async function selectIndices(set: PreparedSet, options: SelectOptions, key: Key): Promise<number[][]> {
  const { method, ipc, factor = 1, classes = [...set.classNames.keys()] } = options;
  checkOptions(set, options);
  const each = ipc * factor ** 2;
  const members = classMembers(set, each, classes, factor);
  if (method === "random") return classes.map((c) => randomMembers(members[c], each, classStream(key, c)));
  const needsEngine = method === "forgetting" || options.features !== "pixels";
  const engine = options.engine ?? (needsEngine ? await createEngine() : undefined);
  try {
    if (method === "forgetting") {
      const scores = await scoresOf(set, options, key, engine!);
      return classes.map((c) => mostForgotten(scores, members[c], each, key.fold("forgetting", c)));
    }
    return await byDistance(set, method, members, { ...options, ipc: each, classes }, key, engine);
  } finally {
    if (options.engine === undefined) await engine?.close();
  }
}

/** @throws DatadamError INVALID_OPTION */
function checkOptions(set: Pick<PreparedSet, "name" | "classNames" | "shape">, options: SelectOptions): void {
  const { method, ipc, factor = 1, epochs = FORGETTING_EPOCHS, classes = [], features, parameters } = options;
  if (!SELECT_METHODS.includes(method)) {
    throw new DatadamError("INVALID_OPTION", `unknown method of selection ${JSON.stringify(method)}`, {
      hint: `Known: ${SELECT_METHODS.join(", ")}.`,
    });
  }
  for (const [name, value] of Object.entries({ ipc, factor, epochs })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new DatadamError("INVALID_OPTION", `${name} must be a positive integer, got ${value}`);
  }
  const fault = factorFault(set.shape, factor);
  if (fault !== undefined) {
    throw new DatadamError("INVALID_OPTION", `factor: ${fault}`, {
      hint: "Use a factor that divides height and width, or 1.",
    });
  }
  if (features === "pixels" && (parameters !== undefined || method === "forgetting")) {
    const what = method === "forgetting" ? "forgetting trains a network: it does" : "parameters of a network do";
    throw new DatadamError("INVALID_OPTION", `${what} not go with features of pixels`, {
      hint: "Leave the features out, or name a network.",
    });
  }
  const beyond = classes.find((c) => !(c in set.classNames));
  const twice = classes.find((c, i) => classes.indexOf(c) !== i);
  let what: string;
  if (beyond !== undefined) what = `${beyond} is not a class of ${set.name}`;
  else if (twice !== undefined) what = `${twice} comes twice`;
  else if (options.classes?.length === 0) what = "none";
  else return;
  throw new DatadamError("INVALID_OPTION", `classes: ${what}`, {
    hint: `There are classes 0 to ${set.classNames.length - 1}; name some of them, each once.`,
  });
}

async function scoresOf(set: PreparedSet, options: SelectOptions, key: Key, engine: Engine): Promise<Float64Array> {
  const { parameters, epochs = FORGETTING_EPOCHS, signal, onProgress } = options;
  const network = networkOf(set, options);
  const scoring = { network, parameters, epochs, key: key.fold("forgetting"), engine, signal };
  return forgettingScores(set, { ...scoring, onProgress: (done) => onProgress?.({ stage: "training", done }) });
}

async function byDistance(
  set: PreparedSet,
  method: DistanceMethod,
  members: readonly Uint32Array[],
  options: SelectOptions & { readonly classes: readonly number[] },
  key: Key,
  engine: Engine | undefined,
): Promise<number[][]> {
  const { classes, ipc, signal, onProgress } = options;
  const embed = embedding(set, options, key, engine);
  const largest = Math.max(...classes.map((c) => members[c].length));
  const work = method === "k-means" ? EXPECTED_STEPS * largest * ipc * embed.width * classes.length : 0;
  let chosen: number[][] = [];
  const use = async (multiply: NonNullable<SelectOptions["multiply"]>): Promise<void> => {
    let done = 0;
    const choose = async (c: number): Promise<number[]> => {
      const points = await embed.points(members[c]);
      signal?.throwIfAborted();
      const picks =
        method === "k-means"
          ? await kMeans(points, ipc, key.fold("k-means", c).stream(), multiply)
          : (method === "herding" ? herding : kCenter)(points, ipc);
      onProgress?.({ stage: "choosing", done: ++done / classes.length });
      return picks.map((pick) => members[c][pick]);
    };
    chosen = await pMap(classes, choose, { concurrency: engine?.workers ?? 2 });
  };
  await withMultiply(work, { multiply: options.multiply, engine }, use);
  return chosen;
}

interface Embedding {
  readonly width: number;
  /** Points in memory that threads share, of the images at these indices. */
  readonly points: (indices: Uint32Array) => Promise<Points>;
}

function embedding(set: PreparedSet, options: SelectOptions, key: Key, engine: Engine | undefined): Embedding {
  const size = sizeOf(set.shape);
  if (options.features === "pixels") {
    return {
      width: size,
      points: async (indices) => {
        const data = set.read(indices, allocate(Float32Array, indices.length * size));
        return { data, count: indices.length, width: size };
      },
    };
  }
  const network = networkOf(set, options);
  const parameters = options.parameters ?? initialize(network, key.fold("features"));
  const { classes = [...set.classNames.keys()], signal, onProgress } = options;
  const wanted = new Set(classes);
  const total = set.labels.reduce((count, label) => count + (wanted.has(label) ? 1 : 0), 0);
  let done = 0;
  return {
    width: featureCount(network),
    points: async (indices) => {
      let last = 0;
      const advance = (current: number): void => {
        done += current - last;
        last = current;
        onProgress?.({ stage: "features", done: done / total });
      };
      const { data, width } = await networkOutputs({
        network,
        parameters,
        what: "features",
        engine: engine!,
        count: indices.length,
        read: (start, length) => set.read(indices.subarray(start, start + length)),
        allocate: (length) => allocate(Float32Array, length),
        signal,
        onProgress: advance,
      });
      return { data, count: indices.length, width };
    },
  };
}

/** @throws DatadamError INVALID_OPTION for an unknown name, and images that are too small */
function networkOf(set: PreparedSet, { features = "convnet" }: Pick<SelectOptions, "features">): Network {
  return typeof features === "string" ? resolveNetwork({ arch: features }, set) : features;
}

/** The features' network as a set says it: its name, and what else it was built with. */
function seenBy(set: PreparedSet, features: NonNullable<SelectOptions["features"]>): Record<string, unknown> {
  if (features === "pixels") return { features };
  const { name, options } = networkOf(set, { features });
  const { channels: _, size: __, classes: ___, ...featuresNetwork } = options;
  return { features: name, featuresNetwork };
}

/** Inputs of the classifier, the last matrix of the network; only to reckon with. */
function featureCount({ parameters }: Network): number {
  return parameters.filter(({ shape }) => shape.length === 2).at(-1)?.shape[1] ?? 1;
}
