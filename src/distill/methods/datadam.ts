// DataDAM (Sajedi et al., ICCV 2023): attention of the intermediate layers and mean last features.

import { DatadamError } from "../../errors.ts";
import { ATTENTION_NORMS, ERROR_TYPES, REDUCTIONS } from "../matching/variants.ts";
import { defineMethod } from "../method.ts";

/** From this many pixels on the paper's table has another lambda. */
const HIGH_RESOLUTION = 128;

/**
 * The paper's table of hyper-parameters. It does not say which iterate is the result (the released code prints the one
 * of the best test accuracy): here it is their mean, which was chosen on training images that were held out.
 * `averaging: false` takes the last.
 */
const PAPER = {
  iterations: 8000,
  batchReal: 128,
  power: 4,
  lambda: "auto",
  scale: 100,
  lrImg: "auto",
  momentum: 0.5,
  averaging: 0,
  norm: "instance",
  zca: "auto",
} as const;

/**
 * Beyond the paper, for trained networks: mean last features and their cross-entropy on pixels, as TGDD (AAAI 2026)
 * has them, with parts of IDC (ICML 2022). What the networks are trained by is the affair of who makes them.
 */
const PLUS = {
  iterations: 2000,
  batchReal: 250,
  draws: 8,
  sampling: "even",
  factor: 2,
  power: 4,
  attentionWeight: 0,
  lambda: 1,
  scale: 1,
  crossEntropy: "auto",
  space: "pixels",
  lrImg: "auto",
  momentum: 0,
  averaging: false,
  norm: "instance",
  zca: false,
  augment: "color_crop_cutout",
  augmentMode: "all",
  init: "k-means",
} as const;

/** From this many images a class on, cross-entropy has less weight beside the means. */
const MANY_IMAGES = 50;

/**
 * `scale * (attentionWeight * L_SAM + lambda * L_MMD)`, a fresh network each iteration. To it may be added
 * `scale * (channelWeight * channels + momentsWeight * moments) + crossEntropy * cross-entropy`.
 */
export const datadam = defineMethod({
  name: "datadam",
  summary: "attention of the layers but the last, and mean last features",
  keys: (z) => ({
    power: z
      .number()
      .min(1)
      .max(64)
      .default(4)
      .describe(
        "Exponent p of the attention maps, 1 or more: below, they have no gradient where a ReLU gives 0. The " +
          "paper says 4, the released code runs 1.",
      ),
    lambda: z
      .union([z.number().nonnegative(), z.literal("auto")])
      .default("auto")
      .describe("Weight of the last features' term beside the attention term. auto: 0.01; 0.02 from 128 px on."),
    scale: z.number().positive().default(100).describe("Factor on the whole loss."),
    layers: z
      .union([z.array(z.int().nonnegative()), z.enum(["auto", "all", "last"])])
      .default("auto")
      .describe("Blocks whose attention is matched, from 0, or all, or last. auto: all but the last."),
    attentionWeight: z
      .number()
      .nonnegative()
      .default(1)
      .describe("Weight of the attention term. 0: features only (lambda 0: attention only)."),
    attentionReduction: z
      .enum(REDUCTIONS)
      .default("sum")
      .describe("How the channels of an attention map are put together."),
    attentionNorm: z
      .enum(ATTENTION_NORMS)
      .default("l2")
      .describe("Norm to which each image's attention vector is brought."),
    errorType: z
      .enum(ERROR_TYPES)
      .default("mse")
      .describe("Distance of class means: squared, absolute (both summed), or 1 - cosine."),
    channelWeight: z
      .number()
      .nonnegative()
      .default(0)
      .describe(
        "Weight, times scale, of channel attention (ATOM): of the same layers, the powers summed over the positions. " +
          "0: left out.",
      ),
    momentsWeight: z
      .number()
      .nonnegative()
      .default(0)
      .describe(
        "Weight, times scale, of the second moments of the last activation map's channels, each its mean over the " +
          "positions. 0: left out.",
      ),
    crossEntropy: z
      .union([z.number().nonnegative(), z.literal("auto")])
      .default(0)
      .describe(
        "Weight, not times scale, of the cross-entropy of the network's own classifier on the synthetic images: the " +
          "mean over a class, summed over classes. Meant for trained networks. 0: left out. auto: 2.5, and 0.5 " +
          "from ipc 50 on.",
      ),
    crossEntropyFrom: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe(
        "Training accuracy, 0 to 1, from which a trained network's cross-entropy counts. Of a network whose accuracy " +
          "is not known it always does.",
      ),
    labelRate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "Rate, 0 to 1, at which each image learns a soft label: after a step it goes by it towards what the visited " +
          "network says of the image (self-adaptive training), and the cross-entropy takes it. 0: hard labels.",
      ),
  }),
  presets: {
    paper: PAPER,
    /** What the authors' released code runs. */
    official: {
      iterations: 20000,
      batchReal: 64,
      power: 1,
      lambda: 0.01,
      scale: 100,
      lrImg: "auto",
      momentum: 0.5,
      averaging: false,
      norm: "batch",
      zca: false,
    },
    /**
     * The quick way: the paper's objective with a finite family of networks. What the real images give in each is
     * computed at the first visit and kept, so that after `networks` iterations a step takes synthetic images alone.
     */
    bank: {
      ...PAPER,
      networks: 200,
      draws: 1,
      sampling: "even",
    },
    /** The best that is known of in hours of a plain CPU. */
    plus: PLUS,
    /** The same, longer. */
    "plus-long": { ...PLUS, iterations: 6000 },
  },
  resolve(config, { shape: [, height, width], network }) {
    const { power, scale, attentionWeight, attentionReduction, attentionNorm, errorType } = config;
    const { channelWeight, momentsWeight, crossEntropyFrom } = config;
    const maps = network.activationCount;
    if (maps === 0 && attentionWeight > 0) {
      throw new DatadamError("INVALID_OPTION", `${network.label} has no activation maps that attention could match`, {
        hint: "Use a convolutional network, attentionWeight 0, or another method.",
      });
    }
    for (const [key, weight] of Object.entries({ channelWeight, momentsWeight })) {
      if (maps > 0 || weight === 0) continue;
      throw new DatadamError("INVALID_OPTION", `${key}: ${network.label} has no activation maps`, {
        hint: `Use a convolutional network, or ${key} 0.`,
      });
    }
    const layers = resolveLayers(config.layers, maps);
    const beyond = layers.find((layer) => layer >= maps);
    if (beyond !== undefined) {
      throw new DatadamError(
        "INVALID_OPTION",
        `layers: no activation map ${beyond} in a network with ${maps} (0 to ${maps - 1})`,
        { hint: `Name maps that it has, e.g. layers=[${Math.max(0, maps - 1)}], or take a deeper network.` },
      );
    }
    const lambda = config.lambda === "auto" ? lambdaFor(Math.min(height, width)) : config.lambda;
    const crossEntropy = config.crossEntropy === "auto" ? crossEntropyFor(config.ipc) : config.crossEntropy;
    const paper = { power, lambda, scale, layers, attentionWeight, attentionReduction, attentionNorm, errorType };
    // Undefined where labels are hard: sets and records are as they were before the key.
    const labelRate = config.labelRate > 0 ? config.labelRate : undefined;
    return { ...paper, channelWeight, momentsWeight, crossEntropy, crossEntropyFrom, labelRate };
  },
  obstacle({ attentionWeight, lambda, layers, channelWeight, momentsWeight, crossEntropy, labelRate }) {
    if (labelRate > 0 && crossEntropy === 0) {
      return {
        reason: "labelRate: labels are learned through the cross-entropy, whose weight is 0",
        hint: "Set crossEntropy above 0, or labelRate to 0.",
      };
    }
    const matchesLayers = attentionWeight + channelWeight > 0 && layers.length > 0;
    if (matchesLayers || lambda !== 0 || momentsWeight > 0 || crossEntropy !== 0) return undefined;
    const weight = attentionWeight === 0 ? "attentionWeight and lambda are both 0" : "layers is empty and lambda is 0";
    return { reason: `${weight}: nothing is matched`, hint: "Set one of them above 0." };
  },
  statistics: ({ layers, power, attentionReduction, attentionNorm, channelWeight, momentsWeight }) => ({
    ...Object.fromEntries(
      layers.map((layer) => [
        `attention${layer}`,
        `attention of map ${layer}, p ${power}, ${attentionReduction}, ${attentionNorm}`,
      ]),
    ),
    features: "features",
    ...(channelWeight > 0 &&
      Object.fromEntries(
        layers.map((layer) => [`channels${layer}`, `channel attention of map ${layer}, p ${power}, ${attentionNorm}`]),
      )),
    ...(momentsWeight > 0 && { moments: "second moments of the last map's channels, each its mean over positions" }),
  }),
  statisticsKeys: ["layers", "power", "attentionReduction", "attentionNorm", "channelWeight", "momentsWeight"],
  labelRate: ({ labelRate = 0 }) => labelRate,
  async make({ network, config, engine, trained }) {
    if (config.crossEntropy > 0 && network.classes < 2) {
      throw new DatadamError(
        "INVALID_OPTION",
        `crossEntropy: the network has ${network.classes} class, of which it is always 0`,
        { hint: "Set crossEntropy to 0, or distil a set of several classes." },
      );
    }
    const { Matcher } = await import("../matching/match.ts");
    const { attentionMeasures, attentionObjective } = await import("../matching/attentionObjective.ts");
    return {
      matching: new Matcher(attentionObjective(network, config, !trained), engine),
      measures: (distances) => attentionMeasures(config, distances),
    };
  },
});

function lambdaFor(side: number): number {
  return side >= HIGH_RESOLUTION ? 0.02 : 0.01;
}

function crossEntropyFor(ipc: number): number {
  return ipc < MANY_IMAGES ? 2.5 : 0.5;
}

/** Ascending, each once. */
function resolveLayers(layers: readonly number[] | "auto" | "all" | "last", maps: number): readonly number[] {
  if (typeof layers !== "string") return [...new Set(layers)].sort((a, b) => a - b);
  const all = Array.from({ length: maps }, (_, index) => index);
  if (layers === "all") return all;
  return layers === "last" || maps === 1 ? all.slice(-1) : all.slice(0, -1);
}
