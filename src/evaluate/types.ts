// What evaluating a small training set takes and gives.

import type { Engine } from "../engine/types.ts";

/** How a network is trained on the set under test: data, not code. */
export interface Protocol {
  readonly name: string;
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Fractions of `epochs` after which the learning rate is multiplied by `decay`. */
  readonly milestones: readonly number[];
  readonly decay: number;
  /**
   * Augmentation strategy, drawn per image, e.g. `"color_crop_cutout_flip_scale_rotate"` or `"none"`. `"auto"`: all six,
   * without flip where a mirrored image changes its class.
   */
  readonly augment: string;
}

export interface EvaluateOptions {
  /** Number of freshly initialised networks. Default 3. */
  readonly networks?: number;
  /** A protocol or the name of one (`official`, `dm`, `quick`). Default `"quick"`. */
  readonly protocol?: string | Protocol;
  /** Default: that of the set's provenance, else `"instance"`. */
  readonly norm?: "none" | "instance" | "group" | "layer" | "batch";
  /** Default: that of the set's provenance, else 128. */
  readonly width?: number;
  /** Default: that of the set's provenance, else by image size (3 at 32 px). */
  readonly depth?: number;
  /** Trains on the set's soft labels (cross-entropy against probabilities) instead of its hard ones. Default false. */
  readonly softLabels?: boolean;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluateProgress) => void;
}

export interface EvaluateProgress {
  readonly network: number;
  readonly networks: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  /** Work done in [0, 1], over all networks. */
  readonly done: number;
}

export interface Evaluation {
  /** Test accuracy in per cent at the last epoch, mean over networks. */
  readonly mean: number;
  /** Sample standard deviation (n - 1) in per cent points; 0 for one network. */
  readonly std: number;
  readonly accuracies: readonly number[];
  readonly protocol: Protocol;
  readonly network: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}
