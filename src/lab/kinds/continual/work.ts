// The work of a continual learning experiment: memories, then networks, method by method; nothing that is known is done
// again.

import pMap from "p-map";
import {
  type Answers,
  methods as allMethods,
  answer,
  blurredStream,
  classSteps,
  condensedMemory,
  continualPart,
  type Memory,
  type ReplayPolicy,
  streamedMemory,
} from "../../../continual/index.ts";
import {
  type DistillConfig,
  METHOD_NAMES,
  type MethodName,
  type ResolvedConfig,
  resolveConfig,
  type SharedConfig,
} from "../../../distill/config/index.ts";
import type { Engine, Program } from "../../../engine/types.ts";
import type { Dataset, ImageSet, PreparedSet } from "../../../images/types.ts";
import { convnet, imageOptions, type Network } from "../../../nn/index.ts";
import { Key } from "../../../random/index.ts";
import { resolveProtocol } from "../../../train/index.ts";
import type { Journal } from "../../folder/journal.ts";
import type { Source } from "../../inputs/load.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import type { Context } from "../../types.ts";
import { type ContinualJob, type ContinualSettings, settingsOf } from "./job.ts";
import { keptSets } from "./keptSets.ts";

/** Answers of one method: for each order and network, those after each step. */
export interface MethodAnswers {
  readonly method: string;
  readonly images: readonly number[];
  readonly seconds: number;
  readonly runs: readonly { readonly order: number; readonly network: number; readonly answers: readonly Answers[] }[];
}

/** All that stays the same from method to method. */
interface Stage {
  readonly context: Context<ContinualJob>;
  readonly settings: ContinualSettings;
  readonly journal: Journal;
  readonly memories: Journal;
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

/** @param begin called when all is checked, before anything is kept. */
export async function runMethods(
  { dataset }: Source,
  context: Context<ContinualJob>,
  begin: () => Promise<void>,
): Promise<MethodAnswers[]> {
  const settings = settingsOf(context.job);
  const { train, test } = partOf(dataset, settings);
  const settled = resolveConfig(settings.config, train);
  const prepared = await prepareSet(train, settled, context);
  const tested = await prepareSet(test, settled, context, prepared.preprocessing);
  context.signal.throwIfAborted();
  await begin();
  const stage: Stage = {
    context,
    settings,
    journal: await context.folder.journal(),
    memories: await context.folder.journal("journal-memory.jsonl"),
    train: prepared,
    test: tested,
    network: (count) => networkOfClasses(count, settled, train),
    engine: await context.engine(),
    key: Key.fromSeed(settings.seed).fold("continual"),
    programs: new Map(),
  };
  const results: MethodAnswers[] = [];
  for (const method of settings.methods) results.push(await runMethod(method, stage));
  return results;
}

/** The images of an experiment. @throws DatadamError INVALID_OPTION, INVALID_DATA */
export function partOf(dataset: Dataset, settings: ContinualSettings): ReturnType<typeof continualPart> {
  const { classes, steps, stream, bound, config, methods } = settings;
  return continualPart(dataset, {
    ...{ classes, bound },
    steps: stream === null ? steps : null,
    noise: config.init === "noise",
    factor: methods.some(distils) ? config.factor : 1,
  });
}

/** Whether a method makes images, and does not choose them. */
export function distils(method: string): method is MethodName {
  return (METHOD_NAMES as readonly string[]).includes(method);
}

/** A network that has seen so many classes. */
export function networkOfClasses(count: number, settled: ResolvedConfig, { shape }: Pick<ImageSet, "shape">): Network {
  const { depth, width, norm, activation, pooling } = settled;
  return convnet({ ...imageOptions(shape, count), depth, width, norm, activation, pooling });
}

/** What the journal keeps the answers of a network by. */
export function answerKey(method: string, order: number, step: number, network: number): string {
  return `${method} order ${order} step ${step} network ${network}`;
}

/** Of the files of a method's sets under one order of the classes. */
export function stemOf(method: string, order: number): string {
  return `${method}-order${order}`;
}

async function runMethod(method: string, stage: Stage): Promise<MethodAnswers> {
  const { orders, networks, steps } = stage.settings;
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
      const answers = entries.map((byNetwork) => {
        const { seen, correct, total } = byNetwork[network]!;
        return { seen, correct, total };
      });
      runs.push({ order, network, answers });
    }
  }
  return { method, images, seconds, runs };
}

/** The memory of a method under one order of the classes, after a step. */
function memoryOf(method: string, order: number, stage: Stage): (step: number) => Promise<Memory> {
  const { context, settings, memories, train, key, engine } = stage;
  const { steps, bound, stream, orders, config, encoders } = settings;
  const orderKey = key.fold("order", order);
  if (stream !== null) {
    const total = (bound as { total: number }).total;
    const seed = orderKey
      .fold("replay")
      .stream()
      .integer(2 ** 53 - 1);
    const policy = method as ReplayPolicy;
    return streamedMemory(train, blurredStream(train, stream.blur, orderKey), steps, { total, policy, seed });
  }
  const onProgress = (done: number): void =>
    context.progress({ stage: `${method}, order ${order + 1} of ${orders}: condensing`, done, total: 1 });
  const condense = allMethods(ofDistillers(config), encoders)[method]!;
  return condensedMemory(train, classSteps(train.classNames.length, steps, orderKey), bound, condense, {
    key: orderKey.fold("method", method),
    store: keptSets(context.folder.storage, memories, stemOf(method, order), train.shape),
    context: { engine, signal: context.signal, onProgress },
  });
}

/** The configuration as distillers take it. */
export function ofDistillers({ ipc: _, seed: __, method: ___, ...config }: DistillConfig & SharedConfig): SharedConfig {
  return config;
}

/** The entries of all networks after a step, from the journal as far as they are there. */
async function answersAt(
  method: string,
  order: number,
  step: number,
  memoryAt: (step: number) => Promise<Memory>,
  stage: Stage,
): Promise<Entry[]> {
  const { context, settings, journal, key, test, network, engine, programs } = stage;
  const { signal } = context;
  const { networks, steps, orders } = settings;
  const name = (index: number): string => answerKey(method, order, step, index);
  const missing = Array.from({ length: networks }, (_, index) => index).filter(
    (index) => journal.get(name(index)) === undefined,
  );
  if (missing.length > 0) {
    signal.throwIfAborted();
    const started = performance.now();
    const memory = await memoryAt(step);
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
          context.progress({
            stage: `${method}, order ${order + 1} of ${orders}: training at step ${step + 1} of ${steps}`,
            done: epochs.reduce((total, count) => total + count, 0) / (missing.length * protocol.epochs),
            total: 1,
          });
        },
      });
      const seconds = Number((condensing + secondsSince(begun) / lanes).toFixed(2));
      const entry: Entry = { ...found, images: memory.labels.length, seconds };
      await journal.add(name(index), entry);
      context.emit({ type: "result", key: name(index), value: entry });
    };
    await pMap(missing, answerOne, { concurrency: lanes });
  }
  return Array.from({ length: networks }, (_, index) => journal.get(name(index)) as Entry);
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
