// The loss of gradient matching (DC, DSA) as a function of arrays: the seam at which it is checked against other
// implementations.

import type { Engine } from "../../engine/types.ts";
import { type Arrays, checkParameters, type NdArray } from "../../nn/index.ts";
import { GradientMatcher, matchedWeights } from "../matching/gradients.ts";
import { bindParameters } from "../matching/match.ts";
import { checkImages, type MatchedImages, matchAll } from "./matchAll.ts";

export interface GradientMatchingLossOptions extends MatchedImages {
  /** The network's parameters by `state_dict` name. */
  readonly parameters: Arrays;
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
}

export interface GradientMatchingLoss {
  /** Sum of `layers`. */
  readonly loss: number;
  /** Distance of the gradients of each weight, summed over its output nodes and over classes, by `state_dict` name. */
  readonly layers: Readonly<Record<string, number>>;
  /** Of `loss`, with respect to `synthetic`. */
  readonly gradient: NdArray;
}

/**
 * DC's loss between real and synthetic images under one network, and its gradient (Zhao, Mopuri & Bilen, ICLR 2021):
 * for each class, the gradients of its mean cross-entropy with respect to each weight are compared, 1 - cosine for each
 * output node. Biases and norms' parameters by channel are left out. DSA's loss is this one of augmented images.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`, or where the network has batch norm.
 */
export async function gradientMatchingLoss(options: GradientMatchingLossOptions): Promise<GradientMatchingLoss> {
  const { network, real, synthetic, classes } = options;
  const parameters = bindParameters(checkParameters(network, options.parameters));
  checkImages("real", real, network, classes);
  checkImages("synthetic", synthetic, network, classes);
  if (classes > network.classes) {
    throw new RangeError(`${classes} classes of images for a network of ${network.classes} classes`);
  }
  const engine = options.engine ?? (await (await import("../../engine/index.ts")).createEngine());
  try {
    const matcher = new GradientMatcher({ network, fresh: false }, engine);
    const { gradient, distances } = await matchAll(matcher, options, parameters);
    const names = matchedWeights(network).map(({ name }) => name);
    const layers = Object.fromEntries(
      names.map((name, i) => [name, distances.reduce((total, row) => total + row[i], 0)]),
    );
    const loss = Object.values(layers).reduce((total, distance) => total + distance, 0);
    return { loss, layers, gradient };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}
