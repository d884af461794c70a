// Training a fresh network, epoch by epoch.

import type { Engine, Program } from "../engine/types.ts";
import type { SyntheticSet } from "../images/index.ts";
import { initialize, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { examplesOf } from "./batches.ts";
import { epochSteps } from "./epochSteps.ts";
import { Trainer } from "./trainer.ts";
import type { Protocol } from "./types.ts";

export interface FitOptions {
  /** Its augmentation settled: not `"auto"`. */
  readonly protocol: Protocol;
  /** Names the initial parameters, the order of images and the augmentation. */
  readonly key: Key;
  readonly engine: Engine;
  /** Shared between networks of one kind: each shape is traced once. */
  readonly programs?: Map<string, Program>;
  readonly signal?: AbortSignal | undefined;
  /** After each epoch (counted from 1), with its mean loss; training goes on when it is done. */
  readonly onEpoch?: (epoch: number, loss: number, trainer: Trainer) => void | Promise<void>;
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
    await onEpoch?.(epoch + 1, loss, trainer);
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
