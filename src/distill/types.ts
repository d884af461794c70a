// What a distillation takes, gives and can be resumed from.

import type { Augmentation } from "../augment/index.ts";
import type { Binding, Engine } from "../engine/types.ts";
import type { SyntheticSet } from "../images/types.ts";
import type { Arrays, NetworkBuilder } from "../nn/index.ts";
import type { SelectProgress } from "../select/index.ts";
import type { ConfigOf } from "./config/schema.ts";
import type { Measures, Method, Targets } from "./method.ts";
import type { DEFAULT_METHOD, MethodName, Methods } from "./methods/index.ts";

/** Everything that is needed to resume: randomness is keyed by (seed, iteration, class), so no generator state. */
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
  /** Where labels are learned: those of the images as networks see them, `[classes * ipc * factor^2, all classes]`. */
  readonly softLabels?: Float32Array | undefined;
}

/**
 * `loss`, and what the method measures beside it: sums over the shard's classes, and means over the outer steps of a
 * method that has several. `datadam`: `attention` (of each matched layer), `features`, and those of `channels` (of each
 * matched layer), `moments` and `crossEntropy` that have a weight; `dm`: `features`; `dc` and `dsa`: `gradients` (of
 * each weight, in the network's order). All unweighted.
 */
export interface DistillEvent extends Measures {
  /** 1-based: iterations done. */
  readonly iteration: number;
  readonly iterations: number;
  /** Wall-clock seconds of this iteration. */
  readonly seconds: number;
}

/** One iteration's network of a {@link Family}, with what real images give in it. */
export interface Visit {
  /** The same object at each visit to a network, so that what is compiled for it can be kept. */
  readonly parameters: Binding;
  /** Of the network on training images, 0 to 1. Default: not known. */
  readonly accuracy?: number | undefined;
  /** What the real images of a class went through, and its synthetic images are to go through. */
  augmentation(label: number): Augmentation;
  /** What the synthetic images of some classes are to match: `[classes, d]` by quantity. */
  targets(labels: readonly number[]): Promise<Targets>;
}

/** A finite family of networks, with what the real images give in each under some draws: no real image is needed. */
export interface Family {
  /** Whether its networks were trained. Default: they are as initialised. */
  readonly trained?: boolean;
  /**
   * Parameters, by `state_dict` name, of the network in whose features the initial images are compared, for `init`
   * herding, k-center and k-means: the most trained one. Asked for where they are needed. Default: random ones.
   */
  readonly features?: (() => Promise<Arrays>) | undefined;
  /** @param iteration from 1. */
  visit(iteration: number): Visit;
}

/** How a distillation runs: everything that is no key of its configuration. */
export interface RunOptions {
  /** Default: one made for this run, on the CPU. */
  readonly engine?: Engine | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * A shard: these classes only. Needs a norm without batch statistics, and a method that does not train. Default: all.
   */
  readonly classes?: readonly number[] | undefined;
  readonly resume?: DistillState | undefined;
  /** A network of your own instead of `arch`; called with `channels`, `size` and `classes`. */
  readonly network?: NetworkBuilder | undefined;
  /**
   * Networks with their real side, for `networks` above 0. Default: what the real images give is computed when a
   * network is first visited, and kept in memory.
   */
  readonly family?: Family | undefined;
  /** The initial images, for `init: "set"`: the first `ipc` of each class, brought into the space of the set. */
  readonly initial?: SyntheticSet | undefined;
  /** Told while a selection chooses the initial images, with a share of each of its stages. */
  readonly onChoosing?: ((progress: SelectProgress) => void) | undefined;
}

/** The keys of a configuration, all optional but `ipc`; `method` for any but the default one. */
type Keys<Name extends MethodName> = Partial<ConfigOf<Methods[Name]>> & {
  readonly ipc: number;
} & (Name extends typeof DEFAULT_METHOD ? unknown : { readonly method: Name });

/** `DistillConfig` with everything optional but `ipc` (and `method`, unless it is `datadam`), and how to run. */
export type DistillOptions = RunOptions & { [Name in MethodName]: Keys<Name> }[MethodName];

/** The same for a method of your own. */
export type OwnMethodOptions<M extends Method> = RunOptions &
  Partial<Omit<ConfigOf<M>, "method">> & { readonly method: M; readonly ipc: number };

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
