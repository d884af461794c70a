// How well a small set trains a network: fresh networks trained on it alone, tested on real images.

import { isPixelPolicy } from "../augment/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Engine, Program } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import {
  expandSet,
  type ImageSet,
  type PreparedSet,
  prepareWith,
  requireSameKind,
  requireWhole,
  type SyntheticSet,
  samePreprocessing,
} from "../images/index.ts";
import { initialize, type Network } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { mean, sampleStd } from "../statistics/index.ts";
import { examplesOf } from "./batches.ts";
import { eachOf } from "./eachOf.ts";
import { epochSteps } from "./epochSteps.ts";
import { networkFor } from "./network.ts";
import { requirePixels } from "./pixelBatches.ts";
import { resolveProtocol } from "./protocols.ts";
import { Trainer } from "./trainer.ts";
import type { EvaluateOptions, Evaluation, Protocol } from "./types.ts";

const ALL_OPERATIONS = "color_crop_cutout_flip_scale_rotate";

/**
 * Trains `networks` fresh networks on `set` only and tests each on `test` after the last epoch. Networks, batches and
 * augmentation are keyed by (seed, network, epoch): the same seed gives the same accuracies with any number of workers.
 *
 * @param set  a distilled set, or any other labelled images in prepared space. With a `factor` networks see `expandSet(set)`.
 * @param test as bytes (then prepared as `set` was), or already prepared the same way.
 * @throws DatadamError `INVALID_DATA` where the two differ in image shape, classes or preprocessing, one has no images, or the set's arrays do not fit
 * each other; `INVALID_OPTION` for an unknown
 * protocol, and a network that is unknown or does not fit the images.
 */
export async function evaluate(
  set: SyntheticSet,
  test: ImageSet | PreparedSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const started = performance.now();
  const { indices, seed = 0, signal, onProgress, onNetwork } = options;
  const networks = indices?.length ?? options.networks ?? 3;
  const protocol = settleProtocol(resolveProtocol(options.protocol ?? "quick"), test.flippable ?? true);
  if (!Number.isInteger(networks) || networks < 1) {
    throw new DatadamError("INVALID_OPTION", `networks must be a positive integer, got ${networks}`);
  }
  requireWhole(set);
  checkMatch(set, test);
  if (isPixelPolicy(protocol.augment)) requirePixels(protocol.augment, set.preprocessing);
  if (options.softLabels && set.softLabels === undefined) {
    throw new DatadamError("INVALID_OPTION", "softLabels: the set carries none", {
      hint: "Give it some with withSoftLabels, or leave the option out.",
    });
  }
  const whole = expandSet(set);
  const training: TrainingImages = options.softLabels ? { ...whole, targets: set.softLabels } : whole;
  const network = networkFor(set, options, protocol.norm);
  const engine = options.engine ?? (await createEngine());
  try {
    const prepared = "read" in test ? test : await prepareWith(set.preprocessing, test);
    const programs = new Map<string, Program>();
    const epochs: number[] = new Array(networks).fill(0);
    const trainOne = async (place: number): Promise<number> => {
      const index = indices?.[place] ?? place;
      const key = Key.fromSeed(seed).fold("evaluate", index);
      const onEpoch = (epoch: number, loss: number): void => {
        epochs[place] = epoch;
        const done = epochs.reduce((total, count) => total + count, 0) / (networks * protocol.epochs);
        onProgress?.({ network: place, networks, epoch, epochs: protocol.epochs, loss, done });
      };
      const trainer = await fitNetwork(network, () => training, { protocol, key, engine, programs, signal, onEpoch });
      const accuracy = (100 * (await countCorrect(trainer, prepared, signal))) / prepared.count;
      onNetwork?.(index, accuracy);
      return accuracy;
    };
    const accuracies = await eachOf(networks, Math.max(1, engine.workers), trainOne);
    const seconds = (performance.now() - started) / 1000;
    const [average, std] = [mean(accuracies), sampleStd(accuracies)];
    return { mean: average, std, accuracies, protocol, network: { name: network.name, ...network.options }, seconds };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

export interface FitOptions {
  /** Its augmentation settled: not `"auto"`. */
  readonly protocol: Protocol;
  /** Names the initial parameters, the order of images and the augmentation. */
  readonly key: Key;
  readonly engine: Engine;
  /** Shared between networks of one kind: each shape is traced once. */
  readonly programs?: Map<string, Program>;
  readonly signal?: AbortSignal | undefined;
  /** After each epoch (counted from 1), with its mean loss. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/** What an epoch is trained on. */
export interface TrainingImages
  extends Pick<SyntheticSet, "images" | "labels" | "shape">,
    Partial<Pick<SyntheticSet, "preprocessing">> {
  /** Probabilities [n, classes] in place of the labels. */
  readonly targets?: Float32Array | undefined;
}

/**
 * Trains a fresh network.
 *
 * @param imagesAt the images of an epoch, counted from 0: always the same set, or the next part of a large one.
 * @throws DatadamError `DIVERGED` where the loss is no longer finite.
 */
export async function fitNetwork(
  network: Network,
  imagesAt: (epoch: number) => TrainingImages,
  { protocol, key, engine, programs, signal, onEpoch }: FitOptions,
): Promise<Trainer> {
  const trainer = new Trainer(network, initialize(network, key.fold("network")), engine, programs);
  for (let epoch = 0; epoch < protocol.epochs; epoch++) {
    const loss = await trainEpoch(trainer, imagesAt(epoch), protocol, epoch, key, signal);
    onEpoch?.(epoch + 1, loss);
  }
  return trainer;
}

/** One pass over the set in shuffled batches; gives the mean loss. */
export async function trainEpoch(
  trainer: Trainer,
  set: TrainingImages,
  protocol: Protocol,
  epoch: number,
  key: Key,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  for await (const { images, loss } of epochSteps(trainer, examplesOf(set), protocol, epoch, key, { signal })) {
    total += images * loss;
  }
  return total / set.labels.length;
}

/** How many of the images a trained network classifies as their labels say. */
export async function countCorrect(trainer: Trainer, test: PreparedSet, signal?: AbortSignal): Promise<number> {
  const chunk = 2048;
  let correct = 0;
  for (let start = 0; start < test.count; start += chunk) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(chunk, test.count - start) }, (_, i) => start + i);
    correct += await trainer.correct(
      test.read(indices),
      indices.map((index) => test.labels[index]),
    );
  }
  return correct;
}

/** The protocol with its `"auto"` augmentation settled: without flip where a mirrored image changes its class. */
export function settleProtocol(protocol: Protocol, flippable: boolean): Protocol {
  if (protocol.augment !== "auto") return protocol;
  return { ...protocol, augment: flippable ? ALL_OPERATIONS : ALL_OPERATIONS.replace("_flip", "") };
}

function checkMatch(set: SyntheticSet, test: ImageSet | PreparedSet): void {
  requireSameKind(set, "the set", test, {
    shape: "Load the test images with the same --size and --channels.",
    classes: "Test it on the data set that it was made from, with the same --labels and --classes.",
  });
  if (test.count === 0) throw new DatadamError("INVALID_DATA", `${test.name} has no images to test on`);
  if ("read" in test && !samePreprocessing(set.preprocessing, test.preprocessing)) {
    throw new DatadamError("INVALID_DATA", `${test.name} is prepared otherwise than the set`, {
      hint: "Give the test images as bytes, or prepare them with prepareWith and the set's preprocessing.",
    });
  }
}
