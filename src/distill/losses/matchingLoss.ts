// The loss of DataDAM as a function of arrays: the seam at which it is checked against other implementations.

import type { Engine } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { type Arrays, checkParameters, type NdArray, type Network } from "../../nn/index.ts";
import { parseConfig } from "../config/parseConfig.ts";
import { ownKeys } from "../config/schema.ts";
import { type AttentionLoss, attentionMeasures, attentionObjective } from "../matching/attentionObjective.ts";
import { bindParameters, Matcher } from "../matching/match.ts";
import type { OwnConfig } from "../method.ts";
import { datadam } from "../methods/datadam.ts";
import { checkImages, type MatchedImages, matchAll } from "./matchAll.ts";

/**
 * The keys of the method `datadam` with its defaults: `power` 4, `lambda` 0.01 (0.02 from 128 px on), `scale` 100,
 * `layers` all but the last, `attentionWeight` 1, `attentionReduction` `"sum"`, `attentionNorm` `"l2"`, `errorType`
 * `"mse"`, `channelWeight`, `momentsWeight` and `crossEntropy` 0. Class c of the images is class c of the network.
 */
type Keys = Partial<OwnConfig<ReturnType<typeof datadam.keys>>>;

export interface MatchingLossOptions extends MatchedImages, Keys {
  /** e.g. `convnet({ channels: 3, size: 32, classes: 10, depth: 3, width: 128, norm: "instance" })`. */
  readonly network: Network;
  /** The network's parameters by `state_dict` name. */
  readonly parameters: Arrays;
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
}

export interface MatchingLoss {
  /**
   * `scale * (attentionWeight * sum of attention + lambda * features + channelWeight * sum of channels + momentsWeight
   * * moments)`, and the weight `crossEntropy` times the measured cross-entropy.
   */
  readonly loss: number;
  /**
   * Distance (squared, unless `errorType` says otherwise) of mean attention vectors, summed over classes, for each
   * matched layer, the first layer first.
   */
  readonly attention: readonly number[];
  /** The same of mean last features. */
  readonly features: number;
  /** As `attention`, of channel attention; with a `channelWeight`. */
  readonly channels?: readonly number[];
  /** Of mean second moments; with a `momentsWeight`. */
  readonly moments?: number;
  /** Mean over the images of a class, summed over classes; with a `crossEntropy`. */
  readonly crossEntropy?: number;
  /** Of `loss`, with respect to `synthetic`. */
  readonly gradient: NdArray;
}

/**
 * DataDAM's loss between real and synthetic images under one network, and its gradient (paper's L_SAM + lambda L_MMD,
 * times `scale`). With batch norm, the statistics are those of all classes together, real and synthetic apart.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`; TypeError where arrays are not
 *   float32; DatadamError INVALID_OPTION for a key of `datadam` with a wrong value.
 */
export async function matchingLoss(options: MatchingLossOptions): Promise<MatchingLoss> {
  const { network, real, synthetic, classes } = options;
  const parameters = bindParameters(checkParameters(network, options.parameters));
  const loss = resolveLoss(network, options);
  checkImages("real", real, network, classes);
  checkImages("synthetic", synthetic, network, classes);
  if ((loss.crossEntropy ?? 0) > 0 && classes > network.classes) {
    throw new RangeError(`${classes} classes of images for a network of ${network.classes} classes`);
  }
  const engine = options.engine ?? (await (await import("../../engine/index.ts")).createEngine());
  try {
    const matcher = new Matcher(attentionObjective(network, loss, false), engine);
    const { gradient, distances: rows } = await matchAll(matcher, options, parameters);
    const distances = rows[0].map((_, i) => rows.reduce((total, row) => total + row[i], 0));
    return { ...attentionMeasures(loss, distances), gradient };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

function resolveLoss(network: Network, options: Keys): AttentionLoss {
  const methodOptions = Object.fromEntries(
    Object.keys(ownKeys(datadam)).map((key) => [key, options[key as keyof Keys]]),
  );
  const config = parseConfig({ ...methodOptions, method: datadam });
  const obstacle = datadam.obstacle!(config);
  if (obstacle !== undefined) throw new DatadamError("INVALID_OPTION", obstacle.reason, { hint: obstacle.hint });
  const { name, input, activationCount } = network;
  return datadam.resolve!(config, { shape: input, network: { label: `network ${name}`, activationCount } });
}
