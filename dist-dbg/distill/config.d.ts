import * as z from "zod";
import { type ArchitectureName } from "../nn/architectures.ts";
/** Normalisation layers of the network. */
export type NormName = "none" | "instance" | "group" | "layer" | "batch";
/** What is matched: attention and features (DataDAM), features alone (DM), gradients (DC), augmented gradients (DSA). */
export type MethodName = (typeof METHOD_NAMES)[number];
export declare const METHOD_NAMES: readonly ["datadam", "dm", "dc", "dsa"];
/** Initial images: random real ones, Gaussian noise, a coreset of `src/select`, or a set that is given beside the configuration. */
export type InitName = (typeof INITIALISERS)[number];
export declare const INITIALISERS: readonly ["real", "noise", "herding", "k-center", "k-means", "forgetting", "set"];
/** Every key of a distillation. `"auto"` values are settled against a data set by {@link settleConfig}. */
export interface DistillConfig {
    readonly method: MethodName;
    readonly ipc: number;
    readonly iterations: number;
    readonly seed: number;
    readonly batchReal: number;
    readonly power: number;
    readonly lambda: number | "auto";
    readonly scale: number;
    readonly lrImg: number | "auto";
    readonly momentum: number;
    readonly averaging: false | number;
    readonly arch: ArchitectureName;
    readonly norm: NormName;
    readonly depth: number | "auto";
    readonly width: number | "auto";
    readonly activation: "relu" | "leaky_relu" | "sigmoid" | "swish";
    readonly pooling: "average" | "max" | "none";
    readonly zca: boolean | "auto";
    readonly zcaEps: number;
    readonly augment: string;
    readonly augmentMode: "one" | "all";
    readonly init: InitName;
    readonly layers: readonly number[] | "auto" | "all" | "last";
    readonly attentionWeight: number;
    readonly attentionReduction: "sum" | "max";
    readonly attentionNorm: "l2" | "l1" | "none";
    readonly errorType: "mse" | "mae" | "cosine";
    readonly outerLoops: number | "auto";
    readonly innerLoops: number | "auto";
    readonly lrNet: number;
    readonly batchTrain: number;
}
/** A configuration in which nothing is `"auto"` any more. */
export interface SettledConfig extends DistillConfig {
    readonly lambda: number;
    readonly lrImg: number;
    readonly depth: number;
    readonly width: number;
    readonly zca: boolean;
    readonly layers: readonly number[];
    readonly outerLoops: number;
    readonly innerLoops: number;
}
/** What {@link settleConfig} needs to know of a data set; an `ImageSet` has it. */
export interface SetFacts {
    /** e.g. `cifar10/train`. */
    readonly name: string;
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly flippable?: boolean;
}
/** What {@link settleConfig} needs to know of a network that a user made. */
export interface CustomNetwork {
    readonly name: string;
    readonly maps: number;
    readonly coupled: boolean;
}
/** The published recipes. `paper` is the default of {@link resolveConfig}; spread one and override. */
export declare const presets: Readonly<Record<"paper" | "official" | "quick" | Exclude<MethodName, "datadam">, Partial<DistillConfig>>>;
/** Names of all presets. */
export type PresetName = keyof typeof presets;
/** One row a key, for help texts and docs. */
export interface ConfigKey {
    readonly key: keyof DistillConfig;
    readonly description: string;
    readonly default: unknown;
}
/** All keys with their descriptions and defaults, in the schema's order. */
export declare function configKeys(): ConfigKey[];
/**
 * Checks `partial` and fills in defaults (those of the `paper` preset; of the method's own where `method` is another).
 *
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one),
 * wrong types, values out of range.
 */
export declare function resolveConfig(partial: {
    readonly [Key in keyof DistillConfig]?: DistillConfig[Key] | undefined;
}): DistillConfig;
/**
 * Replaces every `"auto"` by its value for a data set.
 *
 * @param custom a network of the user's own, which the configuration's `arch` and its options do not describe.
 * @throws DatadamError INVALID_OPTION where the network does not fit the images or `layers` names a block it lacks.
 */
export declare function settleConfig(config: DistillConfig, set: SetFacts, custom?: CustomNetwork): SettledConfig;
/** Whether a method matches the gradients of the network's loss (DC and its kin). */
export declare function matchesGradients(method: MethodName): boolean;
/** Why classes cannot be distilled apart, if they cannot, and what helps. */
export declare function shardObstacle(config: DistillConfig): {
    readonly reason: string;
    readonly hint: string;
} | undefined;
/** Why a configuration cannot be distilled whatever the data, if it cannot, and what helps. */
export declare function impossible({ method, norm, attentionWeight, lambda, }: DistillConfig): {
    readonly reason: string;
    readonly hint: string;
} | undefined;
/** JSON Schema of a configuration file, for editors. */
export declare function jsonSchema(): Record<string, unknown>;
/** The known word nearest to `word`, if near enough to be what was meant. */
export declare function nearest(word: string, known: readonly string[]): string | undefined;
/** What a value of the wrong kind should have been: `must be an integer`. */
export declare function expectation(issue: z.core.$ZodIssue): string;
//# sourceMappingURL=config.d.ts.map