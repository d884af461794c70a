// What a method of distillation is: its keys, its presets, and how it matches. Each built-in one is a file of
// `methods/`.

import type * as z from "zod";
import type { Binding, Engine } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { CommonConfig, ResolvedCommon } from "./config/common.ts";

/** The library zod, handed to {@link Method.keys}: a method needs no copy of its own, and help needs none at all. */
export type Zod = typeof z;

/** Keys of a configuration with their zod types. Each has a default and a description. */
export type Shape = z.ZodRawShape;

/** The values of the keys of `Keys`. */
export type OwnConfig<Keys extends Shape> = {
  readonly [Key in keyof z.output<z.ZodObject<Keys>>]: Unwritable<z.output<z.ZodObject<Keys>>[Key]>;
};

type Unwritable<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : Value;

/** Why something cannot be done, and what helps. */
export interface Obstacle {
  readonly reason: string;
  readonly hint: string;
}

/** What is known when `"auto"` is replaced by values. */
export interface MethodFacts {
  /** e.g. `[3, 32, 32]`. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** The network as messages name it, e.g. `arch convnet`, and how many activation maps it has. */
  readonly network: { readonly label: string; readonly activationCount: number };
}

/** Keys with which a recipe differs from the defaults. */
export type Preset<Keys extends Shape> = Partial<CommonConfig & OwnConfig<Keys>>;

/** What synthetic images are to match, computed from real ones: arrays by name, for a method's own {@link Matching}. */
export type Targets = Readonly<Record<string, Float32Array>>;

export interface Match {
  /** Unweighted distances, in the method's own order. */
  readonly distances: readonly number[];
  /** Of the loss, with respect to the synthetic images: as many numbers as these have. */
  readonly gradient: Float32Array;
  /**
   * Where labels are learned: what the network says of each image, rows of sum 1 `[images, classes of the network]`, to
   * which its label goes. Absent of a network that does not count.
   */
  readonly probabilities?: Float32Array | undefined;
}

/** What is known of a network that is matched in. */
export interface MatchOptions {
  /** On training images, 0 to 1, where it was trained and this was measured. */
  readonly accuracy?: number | undefined;
  /** Where labels are learned: those of the synthetic images, rows of sum 1 `[images, classes of the network]`. */
  readonly labels?: Float32Array | undefined;
}

/** A loss between real and synthetic images (float32 NCHW, in the order of `classes`, equally many of each class). */
export interface Matching {
  /**
   * Whether `match` takes several classes at once also where the norm does not couple them, with the same result as
   * one by one. Default false.
   */
  readonly joint?: boolean;
  /** The part that needs no synthetic images: the loop begins it while the step before is still at work. */
  targets(parameters: Binding, real: Float32Array, classes: readonly number[]): Promise<Targets>;
  match(
    parameters: Binding,
    targets: Targets,
    synthetic: Float32Array,
    classes: readonly number[],
    options?: MatchOptions,
  ): Promise<Match>;
}

/**
 * What an iteration measures: `loss`, and any other numbers by name. They become a part of the `DistillEvent` and of
 * the line of `metrics.jsonl`; `iteration`, `iterations` and `seconds` are taken.
 */
export interface Measures {
  readonly loss: number;
  readonly [name: string]: number | readonly number[];
}

/** A method at work, for one network and one configuration. */
export interface MethodInstance {
  readonly matching: Matching;
  /** Matching steps with each network, each followed by a step of the images (DC's outer loop). Default 1. */
  readonly outerSteps?: number;
  /**
   * Between two outer steps (DC's inner loop): the network after training on the synthetic images.
   *
   * @param images float32 NCHW, sorted by class. @param labels the class of each.
   */
  train?(parameters: Binding, images: Float32Array, labels: Uint16Array, key: Key): Promise<Binding>;
  /** @param distances those of {@link Match}, summed over classes, mean over outer steps. */
  measures(distances: readonly number[]): Measures;
}

export interface MethodContext<Config> {
  readonly network: Network;
  /**
   * Nothing is `"auto"`. `ipc` is the number of images that networks see (`factor`^2 times those stored), `factor` is
   * 1.
   */
  readonly config: Config;
  readonly engine: Engine;
  /** Whether networks were trained before, so that no parameter is as it was initialised. Default false. */
  readonly trained?: boolean;
}

/** Makes a method ready for a network, a configuration and an engine. May load what it needs when it is called. */
export type MakeMethod<Config = ResolvedCommon> = (
  context: MethodContext<Config>,
) => MethodInstance | Promise<MethodInstance>;

/**
 * A method of distillation. `distill(set, { method })` takes one of your own; {@link defineMethod} infers its types.
 *
 * @typeParam Keys its own keys.
 * @typeParam Own  their values once nothing is `"auto"`.
 */
export interface Method<
  Name extends string = string,
  Keys extends Shape = Shape,
  Own = OwnConfig<Keys>,
  PresetName extends string = string,
> {
  /** What `method` says in a configuration. */
  readonly name: Name;
  /** What is matched, in a few words, for help. */
  readonly summary: string;
  /** Its own keys, beside those that all methods have. Called with the library zod. */
  keys(z: Zod): Keys;
  /** Its recipes by name. The first is its own defaults. */
  readonly presets: Readonly<Record<PresetName, Preset<Keys>>>;
  /** What `"auto"` means for keys of all methods, where it differs from what it means otherwise. */
  readonly auto?: Partial<Pick<ResolvedCommon, "lrImg" | "augment" | "zca">>;
  /**
   * Its own keys with values for `"auto"`. Default: as they are.
   *
   * @throws DatadamError INVALID_OPTION where they do not fit the network or the images.
   */
  resolve?(config: CommonConfig & OwnConfig<Keys>, facts: MethodFacts): Own;
  /**
   * What it takes of real images, where that is class means alone: by the name of the quantity, what it is, in words
   * that are equal for equal quantities. Default: something else, so that every step needs real images, and `networks`
   * is refused.
   */
  statistics?(config: ResolvedCommon & Own): Readonly<Record<string, string>>;
  /** Those of its own keys that `statistics` depends on: a bank says them. Default: none. */
  readonly statisticsKeys?: readonly (keyof Keys & string)[];
  /**
   * Rate, 0 to 1, at which soft labels are learned: after each step the label of each image goes by it towards the
   * `probabilities` of its {@link Match}. Default 0: labels stay hard.
   */
  labelRate?(config: ResolvedCommon & Own): number;
  /** Why a configuration cannot be distilled whatever the data, if it cannot. */
  obstacle?(config: CommonConfig & OwnConfig<Keys>): Obstacle | undefined;
  /** Why classes cannot be distilled apart from each other, if they cannot. */
  shardObstacle?(config: (CommonConfig | ResolvedCommon) & OwnConfig<Keys>): Obstacle | undefined;
  make(context: MethodContext<ResolvedCommon & Own>): MethodInstance | Promise<MethodInstance>;
}

/** The method as it is, with the types of its keys inferred: write `keys` first, then `resolve`, then `make`. */
export function defineMethod<
  const Name extends string,
  Keys extends Shape,
  PresetName extends string,
  Own = OwnConfig<Keys>,
>(method: Method<Name, Keys, Own, PresetName>): Method<Name, Keys, Own, PresetName> {
  return method;
}
