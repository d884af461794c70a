// The loss of DataDAM as a function of arrays: the seam at which it is checked against other implementations.

import type { Engine } from "../../engine/types.ts";
import { type Arrays, checkParameters, type NdArray, type Network } from "../../nn/index.ts";
import type { ErrorType } from "./distance.ts";
import { bindParameters, Matcher } from "./match.ts";
import { checkImages, type MatchedImages, matchAll } from "./matchAll.ts";
import { weightOf } from "./programs.ts";

export interface MatchingLossOptions extends MatchedImages {
  /** e.g. `convnet({ channels: 3, size: 32, classes: 10, depth: 3, width: 128, norm: "instance" })`. */
  readonly network: Network;
  /** The network's parameters by `state_dict` name. */
  readonly parameters: Arrays;
  /** `[classes * batchReal, c, h, w]`, in class order. */
  readonly real: NdArray;
  /** `[classes * ipc, c, h, w]`, in class order. */
  readonly synthetic: NdArray;
  readonly classes: number;
  /** Exponent of the attention maps, 1 or more. Default 4. */
  readonly power?: number;
  /** Weight of the features' term. Default 0.01. */
  readonly lambda?: number;
  /** Factor on the whole loss. Default 100. */
  readonly scale?: number;
  /** Indices of the matched activation maps. Default: all but the last. None: features alone (DM, with scale and lambda 1). */
  readonly layers?: readonly number[];
  /** Weight of the attention term. Default 1. */
  readonly attentionWeight?: number;
  /** How the channels of an attention map are put together. Default `"sum"`. */
  readonly attentionReduction?: "sum" | "max";
  /** Norm to which each image's attention vector is brought. Default `"l2"`. */
  readonly attentionNorm?: "l2" | "l1" | "none";
  /** Distance of class means: squared or absolute differences, summed, or 1 - cosine. Default `"mse"`. */
  readonly errorType?: ErrorType;
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
}

export interface MatchingLoss {
  /** `scale * (attentionWeight * sum of attention + lambda * features)` */
  readonly loss: number;
  /** Distance (squared, unless `errorType` says otherwise) of mean attention vectors, summed over classes, for each matched layer. */
  readonly attention: readonly number[];
  /** The same of mean last features. */
  readonly features: number;
  /** Of `loss`, with respect to `synthetic`. */
  readonly gradient: NdArray;
}

/**
 * DataDAM's loss between real and synthetic images under one network, and its gradient (paper's L_SAM + lambda L_MMD,
 * times `scale`). With batch norm, the statistics are those of all classes together, real and synthetic apart.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`, weights are no numbers of 0 or more, or a word is unknown;
 * TypeError where arrays are not float32.
 */
export async function matchingLoss(options: MatchingLossOptions): Promise<MatchingLoss> {
  const { network, real, synthetic, classes, power = 4, lambda = 0.01, scale = 100 } = options;
  const { attentionWeight = 1, attentionReduction = "sum", attentionNorm = "l2", errorType = "mse" } = options;
  const parameters = bindParameters(checkParameters(network, options.parameters));
  const layers =
    options.layers ??
    Array.from({ length: Math.min(network.activationCount, Math.max(1, network.activationCount - 1)) }, (_, i) => i);
  checkLayers(network, layers, attentionWeight);
  checkNumbers({ power, lambda, scale, attentionWeight });
  checkWord("attentionReduction", attentionReduction, ["sum", "max"]);
  checkWord("attentionNorm", attentionNorm, ["l2", "l1", "none"]);
  checkWord("errorType", errorType, ["mse", "mae", "cosine"]);
  checkImages("real", real, network, classes);
  checkImages("synthetic", synthetic, network, classes);
  if (scale * attentionWeight * layers.length === 0 && scale * lambda === 0) {
    throw new RangeError("attention and features both have weight 0: nothing is matched");
  }

  const engine = options.engine ?? (await (await import("../../engine/index.ts")).createEngine());
  try {
    const attentionOptions = { power, reduction: attentionReduction, norm: attentionNorm };
    const weights = { attention: scale * attentionWeight, features: scale * lambda };
    const objective = { network, attention: attentionOptions, weights, errorType, layers, fresh: false };
    const matcher = new Matcher(objective, engine);
    const { gradient, distances: rows } = await matchAll(matcher, options, parameters);
    const distances = [...layers, -1].map((_, i) => rows.reduce((total, row) => total + row[i], 0));
    const features = distances[layers.length];
    const attention = distances.slice(0, layers.length);
    const loss =
      weightOf(matcher.objective, "attention") * attention.reduce((total, distance) => total + distance, 0) +
      weightOf(matcher.objective, "features") * features;
    return { loss, attention, features, gradient };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

function checkNumbers({ power, ...weights }: Readonly<Record<string, number>>): void {
  if (!(Number.isFinite(power) && power >= 1))
    throw new RangeError(`power must be a number of 1 or more, got ${power}`);
  for (const [name, value] of Object.entries(weights)) {
    if (!(Number.isFinite(value) && value >= 0))
      throw new RangeError(`${name} must be a number of 0 or more, got ${value}`);
  }
}

function checkWord<Word extends string>(name: string, word: Word, known: readonly Word[]): void {
  if (!known.includes(word)) throw new RangeError(`${name} must be ${known.join(" or ")}, got ${word}`);
}

function checkLayers({ name, activationCount }: Network, layers: readonly number[], attentionWeight: number): void {
  if (activationCount === 0 && attentionWeight > 0)
    throw new RangeError(`${name} has no activation maps that attention could match`);
  const beyond = layers.find((layer) => !(Number.isInteger(layer) && layer >= 0 && layer < activationCount));
  if (beyond !== undefined) throw new RangeError(`layers: ${name} has maps 0 to ${activationCount - 1}, not ${beyond}`);
  const twice = layers.find((layer, i) => layers.indexOf(layer) !== i);
  if (twice !== undefined) throw new RangeError(`layers: ${twice} comes twice`);
}
