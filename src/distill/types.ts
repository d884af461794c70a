// What a distillation takes, gives and can be resumed from.

import type { Engine } from "../engine/types.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../images/types.ts";
import type { NetworkBuilder } from "../nn/index.ts";
import type { DistillConfig } from "./config/index.ts";
import type { Measures } from "./method.ts";

/** Everything that is needed to go on: randomness is keyed by (seed, iteration, class), so no generator state. */
export interface DistillState {
  /** Iterations done. */
  readonly iteration: number;
  /** Classes of this shard, ascending. */
  readonly classes: readonly number[];
  /** float32 [classes * ipc, c, h, w] */
  readonly images: Float32Array;
  /** Momentum buffer, same shape. */
  readonly momentum: Float32Array;
  /** With `averaging`, what the result is: the average of the images over the iterations, same shape. */
  readonly average?: Float32Array;
}

/** `loss` and its parts: sums over the shard's classes (and means over the rounds of a method that has some). */
export interface DistillEvent extends Measures {
  /** 1-based: iterations done. */
  readonly iteration: number;
  readonly iterations: number;
  /** Wall-clock seconds of this iteration. */
  readonly seconds: number;
}

/** `DistillConfig` with everything optional but `ipc`. */
export type DistillOptions = Partial<DistillConfig> & {
  readonly ipc: number;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  /** A shard: these classes only. Needs a norm without batch statistics, and a method that does not train. Default: all. */
  readonly classes?: readonly number[];
  readonly resume?: DistillState;
  /** A network of your own instead of `arch`; called with `channels`, `size` and `classes`. */
  readonly network?: NetworkBuilder;
  /** The initial images, for `init: "set"`: the first `ipc` of each class, brought into the space of the set. */
  readonly initial?: SyntheticSet;
};

/**
 * A running distillation. Iterate it for events, or await `result` (which drives it to the end). Stopping the iteration
 * (break, or the signal) leaves `state()` at the last finished iteration.
 */
export interface DistillRun extends AsyncIterable<DistillEvent> {
  readonly result: Promise<SyntheticSet>;
  /** A copy of the state after the last finished iteration. */
  state(): DistillState;
  /** The set as it is after the last finished iteration. */
  snapshot(): SyntheticSet;
}

export type Distill = (set: ImageSet | PreparedSet, options: DistillOptions) => DistillRun;
