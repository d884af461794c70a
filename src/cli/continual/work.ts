// The work of a continual learning experiment: memories, then networks, method by method; nothing that is known is done again.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pMap from "p-map";
import {
  type Answers,
  methods as allMethods,
  answer,
  type Bound,
  blurredStream,
  classSteps,
  condensedMemory,
  type Memory,
  quota,
  type ReplayPolicy,
  type SetStore,
  streamedMemory,
} from "../../continual/index.ts";
import { resolveConfig } from "../../distill/config/index.ts";
import { createEngine } from "../../engine/index.ts";
import type { Engine, Program } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/index.ts";
import { classIndices, imageSize, takeClasses } from "../../images/index.ts";
import type { Dataset, ImageSet, PreparedSet } from "../../images/types.ts";
import { convnet, imageOptions, type Network } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { type Experiment, makeFolder, writeAtomic } from "../../run/index.ts";
import { resolveProtocol } from "../../train/index.ts";
import { prepareSource } from "../prepare.ts";
import type { Ui } from "../ui.ts";
import { type ContinualSettings, distillPart } from "./settings.ts";

/** Answers of one method: for each order and network, those after each step. */
export interface MethodAnswers {
  readonly method: string;
  readonly images: readonly number[];
  readonly seconds: number;
  readonly runs: readonly { readonly order: number; readonly network: number; readonly answers: readonly Answers[] }[];
}

interface Place {
  readonly experiment: Experiment;
  readonly signal: AbortSignal;
  readonly ui: Ui;
}

/** All that stays the same from method to method. */
interface Stage extends Place {
  readonly settings: ContinualSettings;
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  readonly network: (classes: number) => Network;
  readonly engine: Engine;
  readonly key: Key;
  /** Of networks, by number of classes. */
  readonly programs: Map<number, Map<string, Program>>;
}

/** What the journal keeps of one network: its answers, and what it and its memory cost. */
interface Entry extends Answers {
  readonly images: number;
  readonly seconds: number;
}

export async function runMethods(
  dataset: Dataset,
  settings: ContinualSettings,
  place: Place,
): Promise<MethodAnswers[]> {
  const { train, test } = partOf(dataset, settings);
  const { ui } = place;
  const { job, config } = settings;
  const workers = job.workers === undefined ? {} : { workers: job.workers };
  const settled = resolveConfig(config, train);
  const prepared = await prepareSource(train, settled, ui, workers);
  const { depth, norm, activation, pooling } = settled;
  const network = (classes: number): Network =>
    convnet({
      ...imageOptions(train.shape, classes),
      depth,
      width: settled.width,
      norm,
      activation,
      pooling,
    });
  const stage = {
    ...place,
    settings,
    train: prepared,
    test: await prepareSource(test, settled, ui, workers, prepared.preprocessing),
    network,
    key: Key.fromSeed(settings.seed).fold("continual"),
    programs: new Map<number, Map<string, Program>>(),
  };
  const engine = await createEngine({ ...workers, ...(job.device === undefined ? {} : { device: job.device }) });
  try {
    const results: MethodAnswers[] = [];
    for (const method of settings.methods) results.push(await runMethod(method, { ...stage, engine }));
    return results;
  } finally {
    ui.reporter.end();
    await engine.close();
  }
}

async function runMethod(method: string, stage: Stage): Promise<MethodAnswers> {
  const { settings } = stage;
  const { orders, networks, steps } = settings;
  const runs: { order: number; network: number; answers: Answers[] }[] = [];
  const images: number[] = [];
  let seconds = 0;
  for (let order = 0; order < orders; order++) {
    const memoryAt = memoryOf(method, order, stage);
    const entries: Entry[][] = [];
    for (let step = 0; step < steps; step++) {
      entries.push(await answersAt(method, order, step, memoryAt, stage));
      images[step] = entries[step]![0]!.images;
      seconds += entries[step]!.reduce((total, entry) => total + entry.seconds, 0);
    }
    for (let network = 0; network < networks; network++) {
      const answers = entries.map((own) => {
        const { seen, correct, total } = own[network]!;
        return { seen, correct, total };
      });
      runs.push({ order, network, answers });
    }
  }
  return { method, images, seconds, runs };
}

/** The memory of a method under one order of the classes, after a step. */
function memoryOf(method: string, order: number, stage: Stage): (step: number) => Promise<Memory> {
  const { settings, train, key, engine, signal, ui, experiment } = stage;
  const { steps, bound, stream, orders } = settings;
  const own = key.fold("order", order);
  if (stream !== null) {
    const total = (bound as { total: number }).total;
    const seed = own
      .fold("replay")
      .stream()
      .integer(2 ** 53 - 1);
    const policy = method as ReplayPolicy;
    return streamedMemory(train, blurredStream(train, stream.blur, own), steps, { total, policy, seed });
  }
  const onProgress = (done: number): void =>
    ui.reporter.progress({ stage: `${method}, order ${order + 1} of ${orders}: condensing`, done, total: 1 });
  const condense = allMethods(distillPart(settings.config))[method]!;
  return condensedMemory(train, classSteps(train.classNames.length, steps, own), bound, condense, {
    key: own.fold("method", method),
    store: setFiles(join(experiment.folder, "memory"), `${method}-order${order}`, train.shape),
    context: { engine, signal, onProgress },
  });
}

/** The entries of all networks after a step, from the journal as far as they are there. */
async function answersAt(
  method: string,
  order: number,
  step: number,
  memoryAt: (step: number) => Promise<Memory>,
  stage: Stage,
): Promise<Entry[]> {
  const { settings, experiment, key, test, network, engine, signal, ui, programs } = stage;
  const { networks, steps, orders } = settings;
  const { journal } = experiment;
  const name = (index: number): string => `${method} order ${order} step ${step} network ${index}`;
  const missing = Array.from({ length: networks }, (_, index) => index).filter(
    (index) => journal.get(name(index)) === undefined,
  );
  if (missing.length > 0) {
    const started = performance.now();
    const memory = await memoryAt(step);
    ui.reporter.end();
    // Shared by the networks that it was made for.
    const condensing = secondsSince(started) / missing.length;
    const protocol = resolveProtocol(settings.protocol, test.flippable);
    const shared = programs.get(memory.seen.length) ?? new Map<string, Program>();
    programs.set(memory.seen.length, shared);
    const epochs = missing.map(() => 0);
    const lanes = Math.min(missing.length, Math.max(1, engine.workers));
    const answerOne = async (index: number, place: number): Promise<void> => {
      const begun = performance.now();
      const found = await answer(memory, {
        test,
        network,
        protocol,
        // The same for all methods, so that they are compared in pairs.
        key: key.fold("network", order, step, index),
        engine,
        programs: shared,
        signal,
        onEpoch: (epoch) => {
          epochs[place] = epoch;
          ui.reporter.progress({
            stage: `${method}, order ${order + 1} of ${orders}: training at step ${step + 1} of ${steps}`,
            done: epochs.reduce((total, count) => total + count, 0) / (missing.length * protocol.epochs),
            total: 1,
          });
        },
      });
      const seconds = Number((condensing + secondsSince(begun) / lanes).toFixed(2));
      const entry: Entry = { ...found, images: memory.labels.length, seconds };
      journal.add(name(index), entry);
    };
    await pMap(missing, answerOne, { concurrency: lanes });
    ui.reporter.end();
  }
  return Array.from({ length: networks }, (_, index) => journal.get(name(index)) as Entry);
}

/** Condensed sets as files of a folder. */
function setFiles(folder: string, stem: string, shape: readonly [number, number, number]): SetStore {
  const size = imageSize({ shape });
  const pathOf = (step: number): string => join(folder, `${stem}-step${step}.safetensors`);
  return {
    get(step) {
      const path = pathOf(step);
      if (!existsSync(path)) return undefined;
      const { images, labels } = decodeSafetensors(readFileSync(path)).tensors;
      if (images?.dtype === "F32" && labels?.dtype === "I64" && images.data.length === labels.data.length * size) {
        return { images: images.data, labels: Uint16Array.from(labels.data, Number) };
      }
      throw new DatadamError("INVALID_RUN", `${path} holds no set of this experiment`, {
        hint: "Delete it: it is made again.",
      });
    },
    put(step, { images, labels }) {
      makeFolder(folder);
      const bytes = encodeSafetensors({
        images: { dtype: "F32", shape: [labels.length, ...shape], data: images },
        labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
      });
      writeAtomic(pathOf(step), bytes);
    },
  };
}

/** The classes that were asked for, with test images of each. */
function partOf(
  { name, train, test }: Dataset,
  { classes, steps, stream, bound, config }: ContinualSettings,
): { train: ImageSet; test: ImageSet } {
  if (test === undefined) {
    throw new DatadamError("INVALID_OPTION", `${name} has no test images`, {
      hint: "Give --split 0.8 to keep a fifth of the images for testing.",
    });
  }
  const part =
    classes === null ? { train, test } : { train: takeClasses(train, classes), test: takeClasses(test, classes) };
  const count = part.train.classNames.length;
  if (stream === null && steps > count) {
    throw new DatadamError("INVALID_OPTION", `${count} classes cannot come in ${steps} steps`, {
      hint: `Use --steps ${count} or less.`,
    });
  }
  if (stream === null) requireMemory(part.train, bound, steps, config.init === "noise");
  const tested = new Set(part.test.labels);
  const untested = part.train.classNames.find((_, c) => !tested.has(c));
  if (untested !== undefined)
    throw new DatadamError("INVALID_DATA", `${name} has no test images of class "${untested}"`);
  return part;
}

/** A memory of all classes has an image of each, and no class has to give more than it has, unless its images are made of noise. */
function requireMemory({ labels, classNames }: ImageSet, bound: Bound, steps: number, noise: boolean): void {
  const classes = classNames.length;
  if ("total" in bound && bound.total < classes) {
    throw new DatadamError(
      "INVALID_OPTION",
      `a memory of ${bound.total} images has none for some of ${classes} classes`,
      {
        hint: `Use --memory-total ${classes} or more.`,
      },
    );
  }
  const first = Math.ceil(classes / steps);
  const wanted = quota(bound, first);
  const counts = classIndices(labels, classes).map((members) => members.length);
  const fewest = Math.min(...counts);
  if (noise || fewest >= wanted) return;
  throw new DatadamError(
    "INVALID_DATA",
    `class "${classNames[counts.indexOf(fewest)]}" has ${fewest} images, and the memory takes ${wanted} of each of the first ${first} classes`,
    { hint: `Use ${"total" in bound ? `--memory-total ${(fewest + 1) * first - 1}` : `--memory ${fewest}`} or less.` },
  );
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
