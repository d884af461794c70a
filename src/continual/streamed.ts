// A network that learns a stream once, as it comes, with a memory beside it.

import type { Engine, Program } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import type { PreparedSet } from "../images/types.ts";
import { initialize, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { countCorrect, type SgdOptions, Trainer } from "../train/index.ts";
import type { ReplayMemory } from "./replay.ts";

export interface StreamOptions extends SgdOptions {
  readonly train: PreparedSet;
  /** Indices of its images in the order of their coming; one after the other or more than once. */
  readonly order: Uint32Array;
  readonly test: PreparedSet;
  /** Of as many classes as the sets have. */
  readonly network: Network;
  /** What it holds at first is there from the first step on; it observes the stream. */
  readonly memory: ReplayMemory;
  /** Images of the stream in each step, and as many of the memory, as far as it has them. */
  readonly batch: number;
  /** How often the network is tested, at equal distances; the last time at the end. */
  readonly points: number;
  /** Names the initial parameters. */
  readonly key: Key;
  readonly engine: Engine;
  /** Shared between networks of one kind. */
  readonly programs?: Map<string, Program>;
  readonly signal?: AbortSignal | undefined;
  /** @param done from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** How well the network does after a part of the stream. */
export interface StreamPoint {
  /** Images of the stream so far. */
  readonly images: number;
  /** Of the test images, in per cent. */
  readonly accuracy: number;
}

/**
 * Trains a fresh network on each image of a stream once, without augmentation: a step takes `batch` images as they
 * come, and as many at random of the memory, which then observes the former.
 *
 * @throws DatadamError `DIVERGED` where the loss is no longer finite.
 */
export async function trainOnStream(options: StreamOptions): Promise<StreamPoint[]> {
  const { train, order, test, network, memory, batch, points, key, engine, programs, signal, onProgress } = options;
  const { lr, momentum, weightDecay } = options;
  const trainer = new Trainer(network, initialize(network, key.fold("network")), engine, programs);
  const steps = Math.ceil(order.length / batch);
  const tested: StreamPoint[] = [];
  for (let step = 1; step <= steps; step++) {
    signal?.throwIfAborted();
    const picks = order.subarray((step - 1) * batch, step * batch);
    const images = train.read(picks);
    const labels = Array.from(picks, (pick) => train.labels[pick]);
    const remembered = memory.sample(batch);
    const all = new Float32Array(images.length + remembered.images.length);
    all.set(images);
    all.set(remembered.images, images.length);
    const loss = await trainer.step(all, [...labels, ...remembered.labels], { lr, momentum, weightDecay });
    if (!Number.isFinite(loss)) {
      throw new DatadamError("DIVERGED", `training diverged at step ${step} of the stream: the loss is ${loss}`, {
        hint: "Use a smaller learning rate.",
      });
    }
    memory.observe(images, labels);
    onProgress?.(step / steps);
    while (tested.length < points && step === Math.ceil(((tested.length + 1) * steps) / points)) {
      const accuracy = (100 * (await countCorrect(trainer, test, signal))) / test.count;
      tested.push({ images: Math.min(order.length, step * batch), accuracy });
    }
  }
  return tested;
}
