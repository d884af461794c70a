// The keys that every method has: validation, defaults and descriptions. A method's own keys are in its file.

import * as z from "zod";
import { AUGMENT_OPERATIONS, DSA_STRATEGY } from "../../augment/index.ts";
import type { NetworkConfig, ResolvedNetworkConfig } from "../../nn/index.ts";
import { networkKeyShape } from "../../nn/networkKeys.ts";
import { INITIALISERS } from "./initialisers.ts";
import { SAMPLING } from "./sampling.ts";
import { SPACES } from "./spaces.ts";

const auto = z.literal("auto");
const count = z.int().positive();

function isStrategy(text: string): boolean {
  if (text === "auto" || text === "none") return true;
  const parts = text.split("_");
  const known: readonly string[] = AUGMENT_OPERATIONS;
  return new Set(parts).size === parts.length && parts.every((part) => known.includes(part));
}

export const commonKeys = {
  ipc: count.max(100_000).default(10).describe("Synthetic images per class."),
  factor: count
    .max(16)
    .default(1)
    .describe(
      "Multi-formation (IDC): each synthetic image is cut into factor x factor parts, which networks see " +
        "enlarged to full size. 2 is usual.",
    ),
  iterations: z
    .int()
    .nonnegative()
    .default(8000)
    .describe("Distillation steps; each draws a fresh network, with which some methods take several matching steps."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  batchReal: count
    .default(128)
    .describe("Real images per class and step, drawn without replacement (fewer where a class has fewer)."),
  networks: z
    .int()
    .nonnegative()
    .max(1_000_000)
    .default(0)
    .describe(
      "Random networks in all, visited in turn: what the real images give in each is computed once and kept. " +
        "0: a fresh network each step, as in the papers.",
    ),
  draws: z
    .union([count.max(10_000), auto])
    .default("auto")
    .describe(
      "Batches of real images, each with an augmentation of its own, that are kept for each of `networks`. auto: all " +
        "that a bank has; without one, 1.",
    ),
  sampling: z
    .enum(SAMPLING)
    .default("independent")
    .describe(
      "How real images are drawn. independent: each batch anew; even: batches take turns through the images of a " +
        "class, so that each is used about equally often.",
    ),
  lrImg: z
    .union([z.number().positive(), auto])
    .default("auto")
    .describe(
      "Learning rate of the images. auto: 0.02 * ipc * (1 - momentum) with space pixels, else 1 up to ipc 50, 10 " +
        "above.",
    ),
  space: z
    .enum(SPACES)
    .default("normalized")
    .describe(
      "Where the images descend. normalized: as networks see them. pixels: on pixels, kept between 0 and 1 after " +
        "each step (not with zca).",
    ),
  momentum: z.number().min(0).lt(1).default(0.5).describe("Momentum of the images' SGD."),
  averaging: z
    .union([z.literal(false), z.number().nonnegative()])
    .default(0)
    .describe(
      "What of the iterations is the result. A number η: the average of their images, of which the t-th takes " +
        "(1 + η) / (t + η) (Shamir & Zhang 2013); 0 is the plain mean. false: the last iteration's images.",
    ),
  ...networkKeyShape,
  zca: z
    .union([z.boolean(), auto])
    .default("auto")
    .describe("Whiten the normalised images. auto: on for CIFAR, off for other sets."),
  zcaEps: z.number().positive().default(0.1).describe("Added to the eigenvalues before whitening. Used only with zca."),
  augment: z
    .string()
    .refine(isStrategy, {
      error: `must be "auto", "none" or operations (${AUGMENT_OPERATIONS.join(", ")}) joined by "_", each once`,
    })
    .default("auto")
    .describe(`Siamese augmentation. auto: ${DSA_STRATEGY}, without flip where a mirrored image changes its class.`),
  augmentMode: z
    .enum(["one", "all"])
    .default("one")
    .describe("one: one operation is drawn per class and step; all: all in turn."),
  init: z
    .enum(INITIALISERS)
    .default("real")
    .describe(
      "Initial images: random real ones, Gaussian noise, or those that a selection chooses by the features of a " +
        "random network of this kind; from a bank of trained ones, by those of its most trained one (all images of " +
        "a class that has no more than are needed). set: a set of " +
        "your own, given beside the configuration (on the command line, its path as init).",
    ),
};

/** The keys of all methods but `method` itself. */
export type CommonConfig = Readonly<z.output<z.ZodObject<typeof commonKeys>>>;

/** The same once nothing is `"auto"`. */
export type ResolvedCommon = ResolvedNetworkConfig & {
  readonly [Key in Exclude<keyof CommonConfig, keyof NetworkConfig>]: Exclude<CommonConfig[Key], "auto">;
};
