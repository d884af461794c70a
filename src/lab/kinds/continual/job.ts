// An experiment of continual learning as a value.

import * as z from "zod";
import { type Bound, type Encoders, methods } from "../../../continual/index.ts";
import {
  checkPreset,
  type DistillConfig,
  defaultPreset,
  type PresetName,
  parseShared,
  presets,
  type SharedConfig,
} from "../../../distill/config/index.ts";
import { DatadamError } from "../../../errors.ts";
import { parseProtocol } from "../../../train/index.ts";
import type { Protocol } from "../../../train/types.ts";
import { keptEpochs } from "../../bank/record.ts";
import { completed } from "../../inputs/completed.ts";
import { dataSchema, executionSchema } from "../../inputs/data.ts";
import { protocolSchema } from "../../inputs/protocol.ts";

/** Methods of a stream without steps: the policies of `ReplayMemory`. */
const POLICIES = ["balanced", "reservoir"] as const;
const count = z.int().positive();

const input = z.strictObject({
  kind: z.literal("continual"),
  data: dataSchema.prefault({}),
  methods: z
    .array(z.string())
    .min(1)
    .describe("How classes are remembered: datadam, dm, dc, dsa, random, herding, ..."),
  steps: count
    .default(5)
    .describe("Steps that the classes come in; of a stream without steps, how often it is tested."),
  memory: z
    .strictObject({ perClass: count.optional(), total: count.optional() })
    .prefault({})
    .describe("Images of each class (default: 20), or of all classes together."),
  blur: z.number().nonnegative().optional().describe("No steps: a stream whose classes blur so far."),
  orders: count.default(5).describe("Random orders of the classes."),
  networks: count.default(3).describe("Networks an order and step."),
  protocol: protocolSchema.default("quick").describe("How they are trained: a name, or all of a protocol."),
  epochs: count.optional().describe("Epochs of the protocol (default: its own)."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("These classes only."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw."),
  preset: z.string().optional().describe("Of distillation (default: paper; quick for the built-in set)."),
  config: z.record(z.string(), z.unknown()).default({}).describe("Configuration of distillation and of the networks."),
  encoders: z
    .strictObject({
      epochs: count.describe("Epochs of each."),
      networks: count.default(2).describe("Networks a step."),
      snapshots: z
        .union([z.enum(["all", "last"]), z.array(z.number().nonnegative()).min(1)])
        .default("all")
        .describe("Epochs after which one is kept. all: 0, 0.25, 0.5, 1, 2 and each one after that."),
      protocol: protocolSchema.default("encoder").describe("How they are trained: a name, or all of a protocol."),
    })
    .optional()
    .describe(
      "Networks that datadam and dm match in: trained at each step on its real images and on what is remembered of " +
        "earlier classes (default: random ones).",
    ),
  execution: executionSchema.optional(),
});

type Input = z.infer<typeof input>;
type AllConfig = DistillConfig & SharedConfig;

/** With all of its configuration. */
export interface ContinualJob extends Omit<Input, "preset"> {
  readonly preset: PresetName;
}

export const continualSchema = completed(input, settle, "config");

/** As the schema is written, for editors. */
export function continualJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
}

/** Keys that may be others when an experiment is resumed: what is there is added to. */
export const CONTINUAL_FREE: readonly string[] = ["methods", "orders", "networks"];

/** Fills in preset and defaults. @throws DatadamError INVALID_OPTION */
function settle({ memory, preset: named, ...job }: Input): ContinualJob {
  const { perClass, total } = memory;
  if (perClass !== undefined && total !== undefined) {
    throw new DatadamError("INVALID_OPTION", "`memory.perClass` does not go with `memory.total`", {
      hint: "Say how many images of each class, or how many in all.",
    });
  }
  if (job.blur !== undefined && total === undefined) {
    const why = "a stream without steps has no classes to count by";
    throw new DatadamError("INVALID_OPTION", `\`blur\` needs \`memory.total\`: ${why}`);
  }
  requireMethods(job);
  const beyond = job.encoders && keptEpochs(job.encoders.snapshots, job.encoders.epochs).at(-1)! > job.encoders.epochs;
  if (beyond) {
    throw new DatadamError("INVALID_OPTION", `\`encoders.snapshots\`: an epoch is beyond the ${job.encoders!.epochs}`);
  }
  const preset = checkPreset(named ?? (job.data.dataset === "builtin" ? "quick" : defaultPreset()));
  const { ipc: _, method: __, seed: ___, ...config } = parse(preset, job.config, job.seed);
  if (job.encoders !== undefined && config.norm === "batch") {
    throw new DatadamError("INVALID_OPTION", "`encoders`: with batch norm a draw is one batch of all classes", {
      hint: "Use norm instance, or leave encoders out.",
    });
  }
  return { ...job, memory: total === undefined ? { perClass: perClass ?? 20 } : { total }, preset, config };
}

/** @throws DatadamError INVALID_OPTION */
function requireMethods({ methods: names, blur }: Pick<Input, "methods" | "blur">): void {
  const known: readonly string[] = blur === undefined ? Object.keys(methods()) : POLICIES;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const where = blur === undefined ? "" : " for a stream without steps";
  throw new DatadamError("INVALID_OPTION", `unknown method "${unknown}"${where}`, {
    hint: `Known: ${known.join(", ")}.`,
  });
}

/** @throws DatadamError INVALID_OPTION also for keys that the job has options for, and a set to start from */
function parse(preset: PresetName, overrides: Readonly<Record<string, unknown>>, seed: number): AllConfig {
  for (const [key, option] of Object.entries({ ipc: "memory", method: "methods", seed: "seed" })) {
    if (!(key in overrides)) continue;
    throw new DatadamError("INVALID_OPTION", `${key} is not a key of this configuration`, {
      hint: `Use \`${option}\`.`,
    });
  }
  const { method: _, ...recipe }: Readonly<Record<string, unknown>> = { ...presets[preset] };
  const config: Record<string, unknown> = { ...recipe, ...overrides, seed };
  if (config.init === "set") {
    throw new DatadamError("INVALID_OPTION", "init: classes start apart from each other here, not from a set", {
      hint: "Give the name of an initialiser: real, noise, herding, ...",
    });
  }
  // Whitening would be fitted on classes that have not come yet: only where it was asked for.
  const zca = config.zca === "auto" ? false : (config.zca ?? false);
  return parseShared({ ...config, zca });
}

/** All that decides the numbers of an experiment, in the terms of its record. */
export interface ContinualSettings {
  readonly methods: readonly string[];
  readonly steps: number;
  readonly bound: Bound;
  /** A stream without steps: how far its classes blur; null for steps. */
  readonly stream: { readonly blur: number } | null;
  readonly orders: number;
  readonly networks: number;
  readonly seed: number;
  readonly protocol: Protocol;
  /** The classes taken of the data set; null for all. */
  readonly classes: readonly number[] | null;
  /** Of distillers and of the networks: the keys of all methods. */
  readonly config: AllConfig;
  /** Trained networks that distillers match in; absent for random ones. */
  readonly encoders?: Encoders;
}

export function settingsOf(job: ContinualJob): ContinualSettings {
  const { memory, blur, epochs, classes = null, preset, seed } = job;
  const { methods: names, steps, orders, networks } = job;
  const protocol = parseProtocol(job.protocol);
  const { encoders } = job;
  return {
    ...{ methods: names, steps, orders, networks, seed, classes },
    bound: memory.total === undefined ? { perClass: memory.perClass! } : { total: memory.total },
    stream: blur === undefined ? null : { blur },
    protocol: epochs === undefined ? protocol : { ...protocol, name: `${protocol.name}, ${epochs} epochs`, epochs },
    config: parse(preset, job.config, seed),
    ...(encoders && {
      encoders: {
        ...encoders,
        snapshots: keptEpochs(encoders.snapshots, encoders.epochs),
        protocol: parseProtocol(encoders.protocol),
      },
    }),
  };
}
