// DataDAM (Sajedi et al., ICCV 2023): attention of the intermediate layers and mean last features.

import { Matcher } from "../matching/match.ts";
import type { MakeMethod } from "../method.ts";

/** `scale * (attentionWeight * L_SAM + lambda * L_MMD)`, a fresh network each iteration. */
export const datadam: MakeMethod = ({ network, config, engine }) => {
  const { power, attentionReduction, attentionNorm, attentionWeight, scale, lambda, errorType, layers } = config;
  const weights = { attention: scale * attentionWeight, features: scale * lambda };
  const attention = { power, reduction: attentionReduction, norm: attentionNorm };
  return {
    matching: new Matcher({ network, attention, weights, errorType, layers, fresh: true }, engine),
    rounds: 1,
    measures(distances) {
      const features = distances[layers.length];
      const maps = distances.slice(0, layers.length);
      const total = maps.reduce((sum, distance) => sum + distance, 0);
      return { loss: scale * (attentionWeight * total + lambda * features), attention: maps, features };
    },
  };
};
