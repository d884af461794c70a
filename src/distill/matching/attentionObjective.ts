// DataDAM's loss (Sajedi et al., ICCV 2023): attention of some layers and last features, as an objective of the
// matcher; and the terms that may be added to it.

import type { Network } from "../../nn/index.ts";
import { logSoftmax, mean, mul, neg, reshape, type Tensor } from "../../tensor/index.ts";
import type { Measures } from "../method.ts";
import { attention, channelAttention } from "./attention.ts";
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
  /** Default 0, as the next two. */
  readonly channelWeight?: number;
  readonly momentsWeight?: number;
  readonly crossEntropy?: number;
  readonly crossEntropyFrom?: number;
  /** Above 0, labels are learned. Default 0. */
  readonly labelRate?: number | undefined;
  /** Indices into the network's activation maps. */
  readonly layers: readonly number[];
}

/**
 * `scale * (attentionWeight * L_SAM + lambda * L_MMD)`: the paper's loss, whose `scale` and `attentionWeight` are 1.
 * Terms of weight 0 beyond these two are not computed: channel attention and second moments (times `scale`), and the
 * cross-entropy (not times `scale`).
 */
export function attentionObjective(network: Network, loss: AttentionLoss, fresh: boolean): Objective {
  const { power, attentionReduction, attentionNorm, attentionWeight, scale, lambda, errorType, layers } = loss;
  const { channelWeight = 0, momentsWeight = 0, crossEntropy = 0, crossEntropyFrom = 0, labelRate = 0 } = loss;
  const options = { power, reduction: attentionReduction, norm: attentionNorm };
  const named = layers.map((layer) => [`attention${layer}`, layer] as const);
  const channels = channelWeight === 0 ? [] : layers.map((layer) => [`channels${layer}`, layer] as const);
  return {
    network,
    quantities: ({ activations, features }) => ({
      ...Object.fromEntries(named.map(([name, layer]) => [name, attention(activations[layer], options)])),
      features,
      ...Object.fromEntries(channels.map(([name, layer]) => [name, channelAttention(activations[layer], options)])),
      ...(momentsWeight > 0 && { moments: secondMoments(activations[activations.length - 1]) }),
    }),
    weights: {
      ...Object.fromEntries(named.map(([name]) => [name, scale * attentionWeight])),
      features: scale * lambda,
      ...Object.fromEntries(channels.map(([name]) => [name, scale * channelWeight])),
      ...(momentsWeight > 0 && { moments: scale * momentsWeight }),
    },
    ...(crossEntropy > 0 && {
      labelled: {
        losses: ({ logits }) => ({ crossEntropy: neg(logSoftmax(logits)) }),
        weights: { crossEntropy },
        from: crossEntropyFrom,
        ...(labelRate > 0 && { logProbabilities: ({ logits }) => logSoftmax(logits) }),
      },
    }),
    errorType,
    fresh,
  };
}

/** `x x^T`, flattened `[n, c * c]`, where x is the mean over the positions of a map `[n, c, h, w]`. */
function secondMoments(map: Tensor): Tensor {
  const [n, c] = map.shape;
  const pooled = mean(map, [2, 3]);
  return reshape(mul(reshape(pooled, [n, c, 1]), reshape(pooled, [n, 1, c])), [n, c * c]);
}

/** The loss, and its parts, unweighted. Those of weight 0 beyond the first two are absent. */
type AttentionMeasures = Measures & {
  /** Of each matched layer. */
  readonly attention: readonly number[];
  readonly features: number;
  /** Of each matched layer. */
  readonly channels?: readonly number[];
  readonly moments?: number;
  readonly crossEntropy?: number;
};

/** @param distances those of a match: quantities in order, then the cross-entropy. */
export function attentionMeasures(loss: AttentionLoss, distances: readonly number[]): AttentionMeasures {
  const { scale, attentionWeight, lambda, layers } = loss;
  const { channelWeight = 0, momentsWeight = 0, crossEntropy: alpha = 0 } = loss;
  const rest = [...distances];
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const attention = rest.splice(0, layers.length);
  const [features] = rest.splice(0, 1);
  const channels = rest.splice(0, channelWeight > 0 ? layers.length : 0);
  const [moments] = rest.splice(0, momentsWeight > 0 ? 1 : 0);
  const [crossEntropy] = alpha > 0 ? rest : [];
  const matched = attentionWeight * total(attention) + lambda * features;
  if (channelWeight === 0 && momentsWeight === 0 && alpha === 0) return { loss: scale * matched, attention, features };
  const added = channelWeight * total(channels) + momentsWeight * (moments ?? 0);
  return {
    loss: scale * (matched + added) + alpha * (crossEntropy ?? 0),
    attention,
    features,
    ...(channelWeight > 0 && { channels }),
    ...(momentsWeight > 0 && { moments }),
    ...(alpha > 0 && { crossEntropy }),
  };
}
