// What an architecture search is made of, and what it finds.
import type { Interval } from "../statistics/index.ts";
import type { TrainingImages } from "../train/index.ts";
import type { Protocol } from "../train/types.ts";

/** A value of an axis. */
export type Choice = string | number;

/** A space of ConvNets as data: every combination of one choice an axis. */
export interface SearchSpace {
  readonly name: string;
  /** Options of `convnet` by name, each with its choices; what is left out has `convnet`'s default. */
  readonly axes: Readonly<Record<string, readonly Choice[]>>;
}

/** One architecture. */
export interface Candidate {
  /** Its choices in the order of the axes, e.g. `3-128-relu-instance-average`. */
  readonly id: string;
  readonly choices: Readonly<Record<string, Choice>>;
}

/** A set and a budget that stand for training on everything. */
export interface SearchProxy {
  readonly name: string;
  /** Images that have to be kept for it. */
  readonly storedImages: number;
  /** Images that a network is trained on in all, repetitions counted. */
  readonly seenImages: number;
  /** Its augmentation settled; its epochs are those of {@link imagesAt}. */
  readonly protocol: Protocol;
  /** The images of an epoch, counted from 0. */
  imagesAt(epoch: number): TrainingImages;
}

/** What training a candidate on a proxy gave. */
export interface CandidateResult {
  readonly id: string;
  /** Per cent of the validation images, mean over networks; null where training diverged. */
  readonly accuracy: number | null;
  /** Wall-clock seconds in one lane of {@link lanes}. */
  readonly seconds: number;
  /** Candidates that were trained at once. */
  readonly lanes: number;
  /** Of successive halving: rungs that it climbed, from 0. */
  readonly rung?: number;
}

/** A correlation with its 95 % bootstrap interval; null where it is not defined. */
export interface Correlation {
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** How two rankings agree. */
export interface Agreement {
  /** Candidates. */
  readonly count: number;
  readonly spearman: Correlation;
  readonly kendall: Correlation;
}

/** Results that are kept from one process to the next: a `Journal` is one. */
export interface Store {
  get(key: string): unknown;
  add(key: string, value: unknown): void | Promise<void>;
}
