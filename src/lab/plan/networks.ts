// Networks that are trained and tested: steps of several side by side, as the work does them.

import type { Engine } from "../../engine/types.ts";
import type { PreparedSet } from "../../images/index.ts";
import { initialize, type Network } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { countCorrect, fitNetwork, Trainer, type TrainingImages, train } from "../../train/index.ts";
import type { Protocol, TrainingState } from "../../train/types.ts";
import { isEnough, median, pace, project } from "./meter.ts";

/** Test images that are taken to measure testing, twice: as many as are read at once. */
const TESTED = 2048;
/** Batches of an epoch that is trained on a part of its images. */
const BATCHES = 4;

/** Seconds of the steps of each lane. */
type Lanes = readonly (readonly number[])[];

/** Thrown where enough was seen. */
class Seen extends Error {}

/** Seconds that one training takes beside others, and what was done to know it. */
export interface Trainings {
  readonly seconds: number;
  readonly steps: number;
  /** Of one of the networks. */
  readonly state: TrainingState | undefined;
}

/**
 * Trainings on a large set, step by step.
 *
 * @param lanes side by side.
 * @param left steps that each has left.
 */
export async function measureTraining(
  prepared: PreparedSet,
  options: { readonly network: Network; readonly protocol: Protocol; readonly engine: Engine },
  { lanes, left, signal }: { readonly lanes: number; readonly left: number; readonly signal: AbortSignal },
): Promise<Trainings> {
  const all: number[][] = Array.from({ length: lanes }, () => []);
  let state: TrainingState | undefined;
  const lane = async (times: number[], number: number): Promise<void> => {
    const run = train(prepared, { ...options, key: Key.fromSeed(0).fold("plan", number), signal });
    let began = performance.now();
    for await (const _ of run) {
      const now = performance.now();
      times.push((now - began) / 1000);
      began = now;
      if (all.every((others) => isEnough(others)) || times.length >= left) break;
    }
    if (number === 0) state = run.state();
  };
  await Promise.all(all.map(lane));
  return { seconds: secondsOf(all, left), steps: all.reduce((total, { length }) => total + length, 0), state };
}

/** Steps of a training, the last of an epoch as the part of a batch that it is. */
export function stepsOf(images: number, { batch, epochs }: Pick<Protocol, "batch" | "epochs">): number {
  return epochs * (images < batch ? 1 : images / batch);
}

/** Trainings on a small set, epoch by epoch; of a larger one a part of the epoch. */
export async function measureFit(
  set: TrainingImages,
  options: { readonly network: Network; readonly protocol: Protocol; readonly engine: Engine },
  { lanes, signal }: { readonly lanes: number; readonly signal: AbortSignal },
): Promise<Trainings> {
  const { protocol, network } = options;
  const count = set.labels.length;
  const part = partOf(set, Math.min(count, BATCHES * protocol.batch));
  const scale = count / part.labels.length;
  const all: number[][] = Array.from({ length: lanes }, () => []);
  const programs = new Map();
  const lane = async (times: number[], number: number): Promise<void> => {
    let began = performance.now();
    const onEpoch = (): void => {
      const now = performance.now();
      times.push((now - began) / 1000);
      began = now;
      if (all.every((others) => isEnough(others))) throw new Seen();
    };
    const key = Key.fromSeed(0).fold("plan", number);
    await fitNetwork(network, () => part, { ...options, protocol, key, programs, signal, onEpoch }).catch((error) => {
      if (!(error instanceof Seen)) throw error;
    });
  };
  await Promise.all(all.map(lane));
  // What is compiled once is compiled for any number of images.
  const once = secondsOf(all, protocol.epochs) - protocol.epochs * middle(all);
  const epochs = all.reduce((total, { length }) => total + length, 0) / scale;
  return { seconds: scale * protocol.epochs * middle(all) + once, steps: epochs, state: undefined };
}

/** What testing takes, on a part of the images. */
export interface Tests {
  /** Of one network beside others. */
  readonly seconds: number;
  /** Images that were taken. */
  readonly images: number;
}

/** Seconds that testing a network takes beside others. */
export async function measureTest(
  test: PreparedSet,
  { network, engine }: { readonly network: Network; readonly engine: Engine },
  { lanes, signal }: { readonly lanes: number; readonly signal: AbortSignal },
): Promise<Tests> {
  const images = Math.min(test.count, TESTED);
  const part: PreparedSet = { ...test, count: images };
  const lane = async (_: unknown, number: number): Promise<readonly [first: number, second: number]> => {
    const parameters = initialize(network, Key.fromSeed(0).fold("plan", number));
    const trainer = new Trainer(network, parameters, engine);
    const began = performance.now();
    await countCorrect(trainer, part, signal);
    const between = performance.now();
    if (images < test.count) await countCorrect(trainer, part, signal);
    return [(between - began) / 1000, (performance.now() - between) / 1000];
  };
  const all = await Promise.all(Array.from({ length: lanes }, lane));
  const [first, second] = [median(all.map(([one]) => one)), median(all.map(([, two]) => two))];
  return { seconds: first + ((test.count - images) / images) * second, images };
}

function secondsOf(all: Lanes, steps: number): number {
  return median(all.map((times) => project(times, steps)));
}

function middle(all: Lanes): number {
  return median(all.map((times) => pace(times)));
}

function partOf(set: TrainingImages, count: number): TrainingImages {
  const { images, labels, targets } = set;
  const size = images.length / labels.length;
  const width = targets === undefined ? 0 : targets.length / labels.length;
  return {
    ...set,
    images: images.subarray(0, count * size),
    labels: labels.subarray(0, count),
    ...(targets && { targets: targets.subarray(0, count * width) }),
  };
}
