// What training a network takes and gives.

import type { CutMixOptions } from "../augment/index.ts";
import type { Arrays, Norm } from "../nn/index.ts";

/** How a network is trained on the set under test: data, not code. */
export interface Protocol {
  readonly name: string;
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: Schedule;
  /**
   * Augmentation strategy, drawn per image, e.g. `"color_crop_cutout_flip_scale_rotate"` or `"none"`. `"auto"`: DSA's
   * six, without flip where a mirrored image changes its class. `"autoaugment"`, `"randaugment"`, `"imagenet"`: of
   * images as bytes, drawn once for a batch (`PIXEL_POLICIES` of `datadam/augment`); not for whitened sets.
   */
  readonly augment: string;
  /**
   * Operations that every image gets in turn, before that of `augment`, each image with parameters of its own, e.g.
   * `"color_flip"`. `resolveProtocol` leaves flip out where a mirrored image changes its class. Default: none.
   */
  readonly always?: string;
  /** CutMix of batches, after augmentation. Default: none. */
  readonly cutmix?: CutMixOptions;
  /** Norm of the networks, where the protocol sets one. */
  readonly norm?: Norm;
  /**
   * Epochs between tests along the way, the best of which `evaluate` gives beside the last epoch's. Default: none.
   */
  readonly checks?: number;
}

/**
 * How the learning rate falls: multiplied by `factor` after certain fractions of all epochs, or after each so many
 * epochs.
 */
export type Schedule =
  | {
      readonly kind: "milestones";
      /** Fractions of `epochs`. */
      readonly at: readonly number[];
      readonly factor: number;
      /** Whether momentum starts anew at each milestone, as where a fresh optimiser is made. */
      readonly resetMomentum: boolean;
    }
  | { readonly kind: "every"; readonly epochs: number; readonly factor: number };

/** All that a training is resumed from: randomness is keyed by (seed, epoch, step). */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** Sum of the losses of the epoch's images so far. */
  readonly epochLoss: number;
  /** Mean losses of the finished epochs. */
  readonly losses: readonly number[];
  /** By name, as momentum is; running statistics of batch norm in `buffers`. */
  readonly parameters: Arrays;
  readonly buffers: Arrays;
  readonly momentum: Arrays;
}

/** After each step. */
export interface TrainEvent {
  /** 1-based: steps done. */
  readonly step: number;
  readonly steps: number;
  /** 1-based: the epoch the step belongs to. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss of the batch, before the step. */
  readonly loss: number;
}
