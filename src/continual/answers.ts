// How well a fresh network does that has seen nothing but a memory.

import type { Engine, Program } from "../engine/types.ts";
import { classIndices, expandImages, takeClasses, takeImages } from "../images/index.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { countCorrect, fitNetwork } from "../train/index.ts";
import type { Protocol } from "../train/types.ts";
import type { Answers, Memory } from "./types.ts";

export interface AnswerOptions {
  /** Test images of all classes. */
  readonly test: PreparedSet;
  /** A network of so many classes. */
  readonly network: (classes: number) => Network;
  /** Its augmentation settled. */
  readonly protocol: Protocol;
  readonly key: Key;
  readonly engine: Engine;
  /** Shared between networks of equally many classes. */
  readonly programs?: Map<string, Program>;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: (epoch: number) => void;
}

/**
 * Trains a fresh network on the memory (labels numbered by order of coming) and tests it on the images of the classes
 * seen.
 */
export async function answer(
  memory: Memory,
  { test, network, key, signal, ...options }: AnswerOptions,
): Promise<Answers> {
  const { seen, factor = 1 } = memory;
  const { shape, preprocessing } = test;
  const images = expandImages(memory.images, shape, factor);
  const places = new Map(seen.map((c, place) => [c, place]));
  const parts = factor ** 2;
  const labels = Uint16Array.from({ length: memory.labels.length * parts }, (_, i) => {
    return places.get(memory.labels[Math.floor(i / parts)])!;
  });
  const training = { images, labels, shape, preprocessing };
  const trainer = await fitNetwork(network(seen.length), () => training, { ...options, key, signal });
  const known = takeClasses(test, seen);
  const members = classIndices(known.labels, seen.length);
  const correct: number[] = [];
  for (const indices of members) correct.push(await countCorrect(trainer, takeImages(known, indices), signal));
  return { seen, correct, total: members.map((indices) => indices.length) };
}
