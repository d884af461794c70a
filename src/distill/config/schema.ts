// Every key of a distillation: one schema for validation, defaults, help, JSON Schema and the record of a run.

import * as z from "zod";
import { AUGMENT_OPERATIONS, DSA_STRATEGY } from "../../augment/index.ts";
import type { NetworkConfig, ResolvedNetworkConfig } from "../../nn/index.ts";
import { networkKeyShape } from "../../nn/networkKeys.ts";
import { INITIALISERS, type InitName, METHOD_NAMES, type MethodName } from "./names.ts";

export { INITIALISERS, type InitName, METHOD_NAMES, type MethodName } from "./names.ts";

/** Every key of a distillation. `"auto"` values are settled against a data set by {@link settleConfig}. */
export interface DistillConfig extends NetworkConfig {
  readonly method: MethodName;
  readonly ipc: number;
  readonly factor: number;
  readonly iterations: number;
  readonly seed: number;
  readonly batchReal: number;
  readonly power: number;
  readonly lambda: number | "auto";
  readonly scale: number;
  readonly lrImg: number | "auto";
  readonly momentum: number;
  readonly averaging: false | number;
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
export interface ResolvedConfig extends Omit<DistillConfig, keyof NetworkConfig>, ResolvedNetworkConfig {
  readonly lambda: number;
  readonly lrImg: number;
  readonly zca: boolean;
  readonly layers: readonly number[];
  readonly outerLoops: number;
  readonly innerLoops: number;
}

const auto = z.literal("auto");
const count = z.int().positive();

function isStrategy(text: string): boolean {
  if (text === "auto" || text === "none") return true;
  const parts = text.split("_");
  return (
    new Set(parts).size === parts.length &&
    parts.every((part) => (AUGMENT_OPERATIONS as readonly string[]).includes(part))
  );
}

const schema = z.strictObject({
  method: z
    .enum(METHOD_NAMES)
    .default("datadam")
    .describe("What is matched. Its preset gives the defaults of the other keys."),
  ipc: count.max(100_000).default(10).describe("Synthetic images per class."),
  factor: count
    .max(16)
    .default(1)
    .describe(
      "Images in the room of one: each synthetic image is cut into factor x factor parts, which training sees enlarged to full size (IDC's multi-formation). 2 is usual.",
    ),
  iterations: z
    .int()
    .nonnegative()
    .default(8000)
    .describe("Distillation steps; each draws a fresh network (dc, dsa: and takes outerLoops matching steps with it)."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  batchReal: count
    .default(128)
    .describe("Real images per class and step, drawn without replacement (fewer where a class has fewer)."),
  power: z
    .number()
    .min(1)
    .max(64)
    .default(4)
    .describe(
      "Exponent p of the attention maps (datadam), 1 or more: below, they have no gradient where a ReLU gives 0. The paper says 4, the released code runs 1.",
    ),
  lambda: z
    .union([z.number().nonnegative(), auto])
    .default("auto")
    .describe("datadam: weight of the last features' term beside the attention term. auto: 0.01; 0.02 from 128 px on."),
  scale: z.number().positive().default(100).describe("datadam: factor on the whole loss."),
  lrImg: z
    .union([z.number().positive(), auto])
    .default("auto")
    .describe("Learning rate of the images. auto: 1 up to ipc 50, 10 above; dc, dsa: 0.1."),
  momentum: z.number().min(0).lt(1).default(0.5).describe("Momentum of the images' SGD."),
  averaging: z
    .union([z.literal(false), z.number().nonnegative()])
    .default(0)
    .describe(
      "What of the iterations is the result. A number η: the average of their images, of which the t-th takes (1 + η) / (t + η) (Shamir & Zhang 2013); 0 is the plain mean. false: the last iteration's images.",
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
    .describe(
      `Siamese augmentation. auto: ${DSA_STRATEGY}, without flip where a mirrored image changes its class; dc: none.`,
    ),
  augmentMode: z
    .enum(["one", "all"])
    .default("one")
    .describe("one: one operation is drawn per class and step; all: all in turn."),
  init: z
    .enum(INITIALISERS)
    .default("real")
    .describe(
      "Initial images: random real ones, Gaussian noise, or those that `datadam select` chooses by the features of a random network of this kind. set: given by --init PATH.",
    ),
  layers: z
    .union([z.array(z.int().nonnegative()), z.enum(["auto", "all", "last"])])
    .default("auto")
    .describe("datadam: blocks whose attention is matched, from 0, or all, or last. auto: all but the last."),
  attentionWeight: z
    .number()
    .nonnegative()
    .default(1)
    .describe("datadam: weight of the attention term. 0: features only (lambda 0: attention only)."),
  attentionReduction: z
    .enum(["sum", "max"])
    .default("sum")
    .describe("datadam: how the channels of an attention map are put together."),
  attentionNorm: z
    .enum(["l2", "l1", "none"])
    .default("l2")
    .describe("datadam: norm to which each image's attention vector is brought."),
  errorType: z
    .enum(["mse", "mae", "cosine"])
    .default("mse")
    .describe("datadam, dm: distance of class means: squared, absolute (both summed), or 1 - cosine."),
  outerLoops: z
    .union([count, auto])
    .default("auto")
    .describe("dc, dsa: matching steps with each network. auto: ipc, at most 50."),
  innerLoops: z
    .union([z.int().nonnegative(), auto])
    .default("auto")
    .describe(
      "dc, dsa: epochs of training the network on the synthetic images between two matching steps. auto: 1 at ipc 1, 50 up to ipc 10, 25 to 20, 20 to 30, 15 to 40, 10 above.",
    ),
  lrNet: z.number().positive().default(0.01).describe("dc, dsa: learning rate of the network's SGD (no momentum)."),
  batchTrain: count.default(256).describe("dc, dsa: batch of the network's training."),
});

/** Checks a configuration and fills in defaults. */
export function safeParseConfig(input: unknown): z.ZodSafeParseResult<DistillConfig> {
  return schema.safeParse(input);
}

/** Names of all keys, in the schema's order. */
export function keyNames(): string[] {
  return Object.keys(schema.shape);
}

/** One row a key, for help texts and docs. */
export interface ConfigKey {
  readonly key: keyof DistillConfig;
  readonly description: string;
  readonly default: unknown;
}

/** All keys with their descriptions and defaults, in the schema's order. */
export function configKeys(): ConfigKey[] {
  const defaults = schema.parse({}) as Record<string, unknown>;
  return Object.entries(schema.shape).map(([key, value]) => ({
    key: key as keyof DistillConfig,
    description: value.description ?? "",
    default: defaults[key],
  }));
}

/** JSON Schema of a configuration file, for editors. */
export function jsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input" }) as Record<string, unknown>;
}
