// DataDAM's loss (Sajedi et al., ICCV 2023): attention of some layers and last features, as an objective of the
// matcher.

import type { Network } from "../../nn/index.ts";
import type { Measures } from "../method.ts";
import { attention } from "./attention.ts";
import type { Objective } from "./programs.ts";
import type { AttentionNorm, ErrorType, Reduction } from "./variants.ts";

/** The keys of `datadam`, resolved. */
export interface AttentionLoss {
  readonly power: number;
  readonly attentionReduction: Reduction;
  readonly attentionNorm: AttentionNorm;
  readonly attentionWeight: number;
  readonly scale: number;
  readonly lambda: number;
  readonly errorType: ErrorType;
  /** Indices into the network's activation maps. */
  readonly layers: readonly number[];
}

/**
 * `scale * (attentionWeight * L_SAM + lambda * L_MMD)`: the paper's loss, whose `scale` and `attentionWeight` are 1.
 */
export function attentionObjective(network: Network, loss: AttentionLoss, fresh: boolean): Objective {
  const { power, attentionReduction, attentionNorm, attentionWeight, scale, lambda, errorType, layers } = loss;
  const options = { power, reduction: attentionReduction, norm: attentionNorm };
  const named = layers.map((layer) => [`attention${layer}`, layer] as const);
  return {
    network,
    quantities: ({ activations, features }) => ({
      ...Object.fromEntries(named.map(([name, layer]) => [name, attention(activations[layer], options)])),
      features,
    }),
    weights: {
      ...Object.fromEntries(named.map(([name]) => [name, scale * attentionWeight])),
      features: scale * lambda,
    },
    errorType,
    fresh,
  };
}

/** The loss, and its parts: the attention of each layer, then the features, unweighted. */
export function attentionMeasures(
  loss: AttentionLoss,
  distances: readonly number[],
): Measures & { readonly attention: readonly number[]; readonly features: number } {
  const { scale, attentionWeight, lambda, layers } = loss;
  const attention = distances.slice(0, layers.length);
  const features = distances[layers.length];
  const total = attention.reduce((sum, distance) => sum + distance, 0);
  return { loss: scale * (attentionWeight * total + lambda * features), attention, features };
}
