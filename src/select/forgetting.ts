// Forgetting events (Toneva et al. 2019): how often an image that was answered correctly is answered wrongly later in
// training.

import type { Engine } from "../engine/types.ts";
import type { PreparedSet } from "../images/types.ts";
import { type Arrays, initialize, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { networkOutputs, type Protocol, protocols, Trainer, trainEpoch } from "../train/index.ts";

export interface ForgettingOptions {
  readonly network: Network;
  /** To begin with. Default: random ones. */
  readonly parameters?: Arrays | undefined;
  readonly epochs: number;
  readonly key: Key;
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Trains a network on the whole set (SGD of the `dm` protocol, no augmentation) and asks it for every image after each
 * epoch, where the paper asks at each presentation. The score of an image is the number of times that a correct answer
 * was followed by a wrong one; of one that was never answered correctly, infinite, as in the paper's algorithm 1.
 */
export async function forgettingScores(set: PreparedSet, options: ForgettingOptions): Promise<Float64Array> {
  const { network, epochs, key, engine, signal, onProgress } = options;
  const { labels, shape, count } = set;
  const parameters = options.parameters ?? initialize(network, key.fold("network"));
  const trainer = new Trainer(network, parameters, engine);
  const protocol: Protocol = { ...protocols.dm, name: "forgetting", epochs, augment: "none" };
  const images = set.read(Uint32Array.from(labels.keys()));
  const size = images.length / count;
  const counter = new ForgettingCounter(count);
  for (let epoch = 0; epoch < epochs; epoch++) {
    await trainEpoch(trainer, { images, labels, shape }, protocol, epoch, key.fold("train"), signal);
    const { data } = await networkOutputs({
      network,
      parameters: trainer.arrays(),
      what: "logits",
      engine,
      count,
      read: (start, length) => images.subarray(start * size, (start + length) * size),
      signal,
    });
    counter.add(labels.map((label, i) => (isLargest(data, i * network.classes, network.classes, label) ? 1 : 0)));
    onProgress?.((epoch + 1) / epochs);
  }
  return counter.scores();
}

/** Counts forgetting events of `count` images over rounds of answers. */
export class ForgettingCounter {
  readonly #before: Uint8Array;
  readonly #events: Float64Array;
  readonly #learned: Uint8Array;
  constructor(count: number) {
    this.#before = new Uint8Array(count);
    this.#events = new Float64Array(count);
    this.#learned = new Uint8Array(count);
  }
  /** @param correct 1 where an image is answered correctly now, else 0. */
  add(correct: ArrayLike<number>): void {
    for (let i = 0; i < this.#before.length; i++) {
      if (this.#before[i] === 1 && correct[i] === 0) this.#events[i]++;
      if (correct[i] === 1) this.#learned[i] = 1;
      this.#before[i] = correct[i];
    }
  }
  /** Events of each image; infinite where it was never answered correctly. */
  scores(): Float64Array {
    return this.#events.map((events, i) => (this.#learned[i] === 1 ? events : Number.POSITIVE_INFINITY));
  }
}

/** The `k` members of the highest scores. Equal ones, of which there are many, come in random order. */
export function mostForgotten(scores: ArrayLike<number>, members: Uint32Array, k: number, key: Key): number[] {
  const shuffled = key.stream().shuffle(Array.from(members));
  const rank = (i: number): number => (scores[i] === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : scores[i]);
  return shuffled.sort((a, b) => rank(b) - rank(a)).slice(0, k);
}

function isLargest(data: Float32Array, from: number, classes: number, label: number): boolean {
  for (let c = 0; c < classes; c++) if (data[from + c] > data[from + label]) return false;
  return true;
}
