// An evaluation as a value: a set, how networks are trained on it, and which rows stand beside it.

import * as z from "zod";
import { NORMS } from "../../../nn/index.ts";
import { DISTANCE_METHODS } from "../../../select/index.ts";
import type { ResultEntry, RowNames } from "../../folder/results.ts";
import { changedDataSchema, loggedExecutionSchema } from "../../inputs/data.ts";
import { archSchema, networkOptions } from "../../inputs/network.ts";
import { protocolSchema } from "../../inputs/protocol.ts";
import { SPACES } from "../../inputs/sets.ts";

/** What an evaluation is given. */
export const evaluateSchema = z.strictObject({
  kind: z.literal("evaluate"),
  set: z.string().min(1).describe("A run, a file of ours, or with `data.dataset` a set of another program."),
  data: changedDataSchema.optional().describe("Another data set, or another place of the run's own."),
  space: z.enum(SPACES).optional().describe("What the float images of another program's set are."),
  networks: z.int().positive().default(3).describe("Fresh networks to train."),
  first: z.int().nonnegative().default(0).describe("Number of the first of them: it names their random draws."),
  protocol: protocolSchema.default("quick").describe("How they are trained: a name, or all of a protocol."),
  arch: z.array(z.string()).min(1).optional().describe("Networks, a row each (default: that of the distillation)."),
  pool: z.string().optional().describe("A pool of networks instead."),
  norm: z.array(z.enum(NORMS)).min(1).optional().describe("Normalisation layers, a row each."),
  network: z
    .strictObject({ arch: archSchema.optional(), ...networkOptions })
    .optional()
    .describe("One network with its options, instead of `arch`, `pool` and `norm`."),
  seed: z.int().nonnegative().optional().describe("Of the networks (default: that of the run)."),
  random: z.boolean().default(true).describe("A row of as many random real images."),
  chosen: z
    .enum(DISTANCE_METHODS)
    .optional()
    .describe("A row of as many real images that are chosen to stand for all, by random features."),
  whole: z
    .strictObject({ networks: z.int().positive().default(1), protocol: protocolSchema.default("whole") })
    .optional()
    .describe("A row of the whole training part."),
  softLabels: z
    .string()
    .optional()
    .describe("A teacher's parameters, a bank, whose most trained network it is, or `stored`."),
  temperature: z.number().positive().optional().describe("Of the teacher's softmax (default: 1)."),
  keep: z.literal(false).optional().describe("Leaves the run's result.json as it is: for a part of an evaluation."),
  execution: loggedExecutionSchema.optional(),
});

/** An evaluation as a value. */
export type EvaluateJob = z.infer<typeof evaluateSchema>;

export interface EvaluateResult {
  /** One a network, in the order of the job. */
  readonly entries: readonly ResultEntry[];
  /** Images per class. */
  readonly ipc: number;
  readonly names: RowNames;
  /** Images of the whole training part. */
  readonly count: number;
  /** Seconds that the row of the whole set would take, where it was not asked for and something was measured. */
  readonly wholeSeconds?: number | undefined;
  /** Whether the set is that of a run, which keeps the entries in its `result.json`. */
  readonly kept: boolean;
}
