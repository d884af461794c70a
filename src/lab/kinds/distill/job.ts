// A distillation as a value: a data set, a method with its settings, a seed.

import * as z from "zod";
import { type DistillConfig, shardObstacle } from "../../../distill/config/index.ts";
import { DatadamError } from "../../../errors.ts";
import { completeRecipe, recipeSchema } from "../../bank/recipe.ts";
import { dataSchema, loggedExecutionSchema } from "../../inputs/data.ts";
import { type MethodSettings, methodSchema, settleMethod } from "../../inputs/method.ts";

/** What a distillation is given. */
export const distillInput = z.strictObject({
  kind: z.literal("distill"),
  data: dataSchema.prefault({}),
  method: methodSchema,
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  initial: z.string().min(1).optional().describe("The set to start from: a run, or a file."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("A shard: these classes only."),
  bank: z
    .union([z.string().min(1), recipeSchema])
    .optional()
    .describe(
      "A bank of networks with the statistics of the real images; `data` is then the bank's by default. Or one to " +
        "train first, as the presets plus and plus-long do.",
    ),
  execution: loggedExecutionSchema.optional(),
});

type Input = z.infer<typeof distillInput>;

/** A distillation as a value. */
export interface DistillJob extends Omit<Input, "method"> {
  readonly method: MethodSettings;
}

/** What a finished distillation says of itself. */
export interface DistillResult {
  readonly images: number;
  readonly iteration: number;
  /** Of the last iteration of the process that finished it; null where none was left to do. */
  readonly loss: number | null;
  /** Of that process. */
  readonly seconds: number;
  /** Bytes that it held at most, whatever else it did before; where that is measured. */
  readonly peakMemory?: number | undefined;
}

/** Fills in preset and defaults. @throws DatadamError INVALID_OPTION */
export function settle({ method: given, ...job }: Input): DistillJob {
  const usual = job.data.dataset === "builtin" && job.bank === undefined ? "quick" : undefined;
  const { method, config } = settleMethod(given, job.seed, usual, job.initial === undefined ? {} : { init: "set" });
  if (config.init === "set" && job.initial === undefined) {
    throw new DatadamError("INVALID_OPTION", "init: set needs the set to start from, as `initial`");
  }
  if (job.classes !== undefined) requireShardable(config);
  const bank = typeof job.bank === "string" ? job.bank : completeRecipe(job.bank, method.preset);
  if (typeof bank === "object" && config.networks > 0) {
    throw new DatadamError("INVALID_OPTION", "networks: this distillation trains its networks, as `bank.networks`", {
      hint: "Leave out networks, or give the bank that they are of.",
    });
  }
  return { ...job, ...(bank && { bank }), method };
}

function requireShardable(config: DistillConfig): void {
  const obstacle = shardObstacle(config);
  if (obstacle === undefined) return;
  throw new DatadamError("INVALID_OPTION", `\`classes\` does not go with this: ${obstacle.reason}`, {
    hint: obstacle.hint,
  });
}
