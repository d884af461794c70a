// What a method of distillation is to the loop: how it matches, and what happens to its network between two matches.

import type { Binding, Engine } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { ResolvedConfig } from "./config/index.ts";

/** What a network says of real images, by name. */
export type Targets = Readonly<Record<string, Float32Array>>;

export interface Match {
  /** Unweighted, in an order that is the method's own. */
  readonly distances: readonly number[];
  /** Of the loss, with respect to the synthetic images. */
  readonly gradient: Float32Array;
}

/** A loss between real and synthetic images (NCHW, in the order of `classes`, as many of each class). */
export interface Matching {
  /** The part that the synthetic images have no part in: the loop begins it before they are there. */
  targets(parameters: Binding, real: Float32Array, classes: readonly number[]): Promise<Targets>;
  match(parameters: Binding, targets: Targets, synthetic: Float32Array, classes: readonly number[]): Promise<Match>;
}

/** What an iteration tells of its distances, summed over classes. */
export interface Measures {
  readonly loss: number;
  /** Of each matched layer; empty where a method has no attention. */
  readonly attention: readonly number[];
  /** Absent where a method does not match features. */
  readonly features?: number;
  /** Of each weight's gradient, in the network's order; only of methods that match gradients. */
  readonly gradients?: readonly number[];
}

export interface Method {
  readonly matching: Matching;
  /** Matches of an iteration, each followed by a step of the images. */
  readonly rounds: number;
  /** Between two rounds: the network after training on the synthetic images (sorted by class, with their labels). */
  train?(parameters: Binding, images: Float32Array, labels: Uint16Array, key: Key): Promise<Binding>;
  /** @param distances as of {@link Match}, summed over classes, mean over rounds. */
  measures(distances: readonly number[]): Measures;
}

export interface MethodContext {
  readonly network: Network;
  readonly config: ResolvedConfig;
  readonly engine: Engine;
}

/** Makes a method for a network and a configuration: one file of `methods/`. */
export type MakeMethod = (context: MethodContext) => Method;
