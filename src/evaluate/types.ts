// What evaluating a small training set takes and gives.

import type { Engine } from "../engine/types.ts";
import type { NetworkChoice } from "../nn/index.ts";
import type { Protocol } from "../train/types.ts";

/** The network defaults to that of the set's provenance. */
export interface EvaluateOptions extends NetworkChoice {
  /** Number of freshly initialised networks. Default 3. */
  readonly networks?: number;
  /** Which networks, by the numbers that name their random draws. Default: 0 to `networks` - 1. */
  readonly indices?: readonly number[];
  /** A protocol or the name of one of `protocols`. Default `"quick"`. */
  readonly protocol?: string | Protocol;
  /** Trains on the set's soft labels (cross-entropy against probabilities) instead of its hard ones. Default false. */
  readonly softLabels?: boolean;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluateProgress) => void;
  /**
   * As each network is done: its number, its test accuracy in per cent, the best along the way where the protocol has
   * `checks`, and its answers by class.
   */
  readonly onNetwork?: (index: number, accuracy: number, best: number | undefined, answers: Answers) => void;
}

export interface EvaluateProgress {
  readonly network: number;
  readonly networks: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  /** Test images that this network, which is trained, has been tested on; undefined while it is trained. */
  readonly tested?: number | undefined;
  /** Work done in [0, 1], training and testing, over all networks. */
  readonly done: number;
}

/** Chosen on test images, so that it says less than the last epoch: what some published tables report. */
export interface Best {
  readonly mean: number;
  readonly std: number;
  readonly accuracies: readonly number[];
}

/** What a network takes the test images for, by class. */
export interface Answers {
  /** Test accuracy of each class in per cent; null for a class without test images. */
  readonly byClass: readonly (number | null)[];
  /**
   * Test images of a class (row) that were taken for a class (column). Of k equally likely classes, each counts 1/k.
   * Undefined for more than 200 classes.
   */
  readonly confusion?: readonly (readonly number[])[] | undefined;
}

export interface Evaluation {
  /** Test accuracy in per cent at the last epoch, mean over networks. */
  readonly mean: number;
  /** Sample standard deviation (n - 1) in per cent points; 0 for one network. */
  readonly std: number;
  readonly accuracies: readonly number[];
  /** Where the protocol has `checks`: the best of each network's tests, the last epoch's included. */
  readonly best?: Best | undefined;
  /** {@link Answers.byClass} of each network, in the order of `accuracies`; undefined in earlier versions' results. */
  readonly byClass?: readonly Answers["byClass"][] | undefined;
  /** {@link Answers.confusion} of each network; undefined in earlier versions' results and for many classes. */
  readonly confusion?: readonly NonNullable<Answers["confusion"]>[] | undefined;
  readonly protocol: Protocol;
  readonly network: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}
