// The configuration of a distillation: one schema for validation, defaults, help, JSON Schema and the record of a run.

import * as z from "zod";
import { DatadamError } from "../errors.ts";

/** Normalisation layers of the network. */
export type NormName = "none" | "instance" | "group" | "layer" | "batch";

/** Every key of a distillation. `"auto"` values are settled against a data set by {@link settleConfig}. */
export interface DistillConfig {
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
  readonly norm: NormName;
  readonly depth: number | "auto";
  readonly width: number;
  readonly activation: "relu" | "leaky_relu" | "sigmoid" | "swish";
  readonly pooling: "average" | "max" | "none";
  readonly zca: boolean | "auto";
  readonly zcaEps: number;
  readonly augment: string;
  readonly augmentMode: "one" | "all";
  readonly init: "real" | "noise";
  readonly layers: readonly number[] | "auto";
}

/** A configuration in which nothing is `"auto"` any more. */
export interface SettledConfig extends DistillConfig {
  readonly lambda: number;
  readonly lrImg: number;
  readonly depth: number;
  readonly zca: boolean;
  readonly layers: readonly number[];
}

/** What {@link settleConfig} needs to know of a data set; an `ImageSet` has it. */
export interface SetFacts {
  /** e.g. `cifar10/train`. */
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly flippable?: boolean;
}

const OPERATIONS = ["color", "crop", "cutout", "flip", "scale", "rotate"] as const;
const FULL_STRATEGY: string = OPERATIONS.join("_");

/** From this many pixels on the paper's table has other values. */
const HIGH_RESOLUTION = 128;

const auto = z.literal("auto");
const count = z.int().positive();

function isStrategy(text: string): boolean {
  if (text === "auto" || text === "none") return true;
  const parts = text.split("_");
  return (
    new Set(parts).size === parts.length && parts.every((part) => (OPERATIONS as readonly string[]).includes(part))
  );
}

const schema = z.strictObject({
  ipc: count.max(100_000).default(10).describe("Synthetic images per class."),
  iterations: z.int().nonnegative().default(8000).describe("Distillation steps; each draws a fresh network."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  batchReal: count
    .default(128)
    .describe("Real images per class and step, drawn without replacement (fewer where a class has fewer)."),
  power: z
    .number()
    .positive()
    .max(64)
    .default(4)
    .describe("Exponent p of the attention maps. The paper says 4, the released code runs 1."),
  lambda: z
    .union([z.number().nonnegative(), auto])
    .default("auto")
    .describe("Weight of the last features' term beside the attention term. auto: 0.01; 0.02 from 128 px on."),
  scale: z.number().positive().default(100).describe("Factor on the whole loss."),
  lrImg: z
    .union([z.number().positive(), auto])
    .default("auto")
    .describe("Learning rate of the images. auto: 1 up to ipc 50, 10 above."),
  momentum: z.number().min(0).lt(1).default(0.5).describe("Momentum of the images' SGD."),
  averaging: z
    .union([z.literal(false), z.number().nonnegative()])
    .default(false)
    .describe(
      "A number: the result is the average over the iterations, of which the t-th takes (1 + averaging) / (t + averaging) (Shamir & Zhang 2013). false: the last iteration's images, as published.",
    ),
  norm: z
    .enum(["none", "instance", "group", "layer", "batch"])
    .default("instance")
    .describe("Normalisation layers of the networks. batch couples the classes: no shards, no parallel classes."),
  depth: z
    .union([count.max(8), auto])
    .default("auto")
    .describe("Blocks of the network. auto: by image size, 3 at 28 and 32 px, 4 at 64, 5 at 128."),
  width: count.max(4096).default(128).describe("Channels of each block."),
  activation: z.enum(["relu", "leaky_relu", "sigmoid", "swish"]).default("relu").describe("Activation of each block."),
  pooling: z.enum(["average", "max", "none"]).default("average").describe("2 x 2 pooling of each block."),
  zca: z
    .union([z.boolean(), auto])
    .default("auto")
    .describe("Whiten the normalised images. auto: on for CIFAR, off for other sets."),
  zcaEps: z.number().positive().default(0.1).describe("Added to the eigenvalues before whitening. Used only with zca."),
  augment: z
    .string()
    .refine(isStrategy, { error: `must be "auto", "none" or operations of ${FULL_STRATEGY} joined by "_", each once` })
    .default("auto")
    .describe(`Siamese augmentation. auto: ${FULL_STRATEGY}, without flip where a mirrored image changes its class.`),
  augmentMode: z
    .enum(["one", "all"])
    .default("one")
    .describe("one: one operation is drawn per class and step; all: all in turn."),
  init: z
    .enum(["real", "noise"])
    .default("real")
    .describe("Initial images: random real ones of the class, or Gaussian noise."),
  layers: z
    .union([z.array(z.int().nonnegative()).min(1), auto])
    .default("auto")
    .describe("Blocks whose attention is matched, from 0. auto: all but the last."),
});

/** The published recipes. `paper` is the default of {@link resolveConfig}; spread one and override. */
export const presets: Readonly<Record<"paper" | "official" | "quick", Partial<DistillConfig>>> = {
  /** The paper's table of hyper-parameters (ICCV 2023). */
  paper: {
    iterations: 8000,
    batchReal: 128,
    power: 4,
    lambda: "auto",
    scale: 100,
    lrImg: "auto",
    momentum: 0.5,
    norm: "instance",
    width: 128,
    zca: "auto",
  },
  /** What the authors' released code runs. */
  official: {
    iterations: 20000,
    batchReal: 64,
    power: 1,
    lambda: 0.01,
    scale: 100,
    lrImg: "auto",
    momentum: 0.5,
    norm: "batch",
    width: 128,
    zca: false,
  },
  /** A few seconds on two cores for small images: to see it work, not for numbers. */
  quick: {
    ipc: 10,
    iterations: 100,
    batchReal: 64,
    power: 4,
    lambda: "auto",
    scale: 100,
    lrImg: "auto",
    momentum: 0.5,
    norm: "instance",
    width: 32,
    zca: false,
  },
};

/** Names of all presets. */
export type PresetName = keyof typeof presets;

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

/**
 * Checks `partial` and fills in defaults (those of the `paper` preset).
 *
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one),
 * wrong types, values out of range.
 */
export function resolveConfig(
  partial: { readonly [Key in keyof DistillConfig]?: DistillConfig[Key] | undefined },
): DistillConfig {
  const result = schema.safeParse(partial);
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => problems(issue, partial as Record<string, unknown>));
  const message =
    lines.length === 1 ? lines[0]! : `${lines.length} problems in the configuration:\n  ${lines.join("\n  ")}`;
  throw new DatadamError("INVALID_OPTION", message);
}

/**
 * Replaces every `"auto"` by its value for a data set.
 *
 * @throws DatadamError INVALID_OPTION where the network does not fit the images or `layers` names a block it lacks.
 */
export function settleConfig(config: DistillConfig, set: SetFacts): SettledConfig {
  const [, height, width] = set.shape;
  const side = Math.min(height, width);
  const depth = config.depth === "auto" ? Math.min(8, Math.max(1, Math.round(Math.log2(side)) - 2)) : config.depth;
  if (config.pooling !== "none" && side < 2 ** depth && !(side === 28 && depth <= 5)) {
    throw new DatadamError("INVALID_OPTION", `depth ${depth} halves images of ${height} x ${width} px to nothing`, {
      hint: `Use depth ${Math.max(1, Math.floor(Math.log2(side)))} or less, or pooling none.`,
    });
  }
  const layers =
    config.layers === "auto" ? Array.from({ length: Math.max(1, depth - 1) }, (_, index) => index) : config.layers;
  const beyond = layers.find((layer) => layer >= depth);
  if (beyond !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `layers: no block ${beyond} in a network of depth ${depth} (blocks 0 to ${depth - 1})`,
    );
  }
  return {
    ...config,
    depth,
    layers: [...new Set(layers)].sort((a, b) => a - b),
    lambda: config.lambda === "auto" ? (side >= HIGH_RESOLUTION ? 0.02 : 0.01) : config.lambda,
    lrImg: config.lrImg === "auto" ? (config.ipc <= 50 ? 1 : 10) : config.lrImg,
    zca: config.zca === "auto" ? /^cifar/i.test(set.name) : config.zca,
    augment: config.augment === "auto" ? autoStrategy(set.flippable ?? true) : config.augment,
  };
}

/** JSON Schema of a configuration file, for editors. */
export function jsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input" }) as Record<string, unknown>;
}

/** The known word nearest to `word`, if near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().replaceAll(/[-_]/g, "");
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function autoStrategy(flippable: boolean): string {
  return OPERATIONS.filter((operation) => flippable || operation !== "flip").join("_");
}

function problems(issue: z.core.$ZodIssue, input: Record<string, unknown>): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schema.shape);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return `unknown configuration key ${JSON.stringify(key)}${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
  }
  const path = issue.path.join(".");
  const got = show(issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], input));
  return [`${path === "" ? "configuration" : path}: ${expectation(issue)}, got ${got}`];
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") {
    const parts = issue.errors.flat().map((inner) => expectation(inner).replace(/^must be /, ""));
    return `must be ${[...new Set(parts)].join(" or ")}`;
  }
  if (issue.code === "invalid_value") return `must be ${issue.values.map((value) => show(value)).join(" or ")}`;
  if (issue.code === "too_small") return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
  if (issue.code === "too_big") return `must be ${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
  if (issue.code === "invalid_type") {
    return `must be ${issue.expected === "int" ? "an integer" : `${/^[aeio]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`}`;
  }
  return issue.message;
}

function show(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
