// A distillation as a value: a data set, a method with its settings, a seed.

import * as z from "zod";
import { type DistillConfig, shardObstacle } from "../../../distill/config/index.ts";
import { DatadamError } from "../../../errors.ts";
import { type BankRecipe, completeRecipe, recipeSchema } from "../../bank/recipe.ts";
import { statisticsOf } from "../../bank/record.ts";
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
  const forced = job.initial === undefined ? {} : { init: "set" };
  // All of a bank that is there, whatever the preset makes without one.
  const asked = typeof job.bank === "string" ? { networks: 0, draws: "auto", ...given } : given;
  const { method, config } = settleMethod(asked, job.seed, usual, forced);
  if (config.init === "set" && job.initial === undefined) {
    throw new DatadamError("INVALID_OPTION", "init: set needs the set to start from, as `initial`");
  }
  if (job.classes !== undefined) requireShardable(config);
  const bank = typeof job.bank === "string" ? job.bank : completeRecipe(job.bank, method.preset);
  if (bank === undefined || typeof bank === "string") return { ...job, ...(bank && { bank }), method };
  statisticsOf(config.method);
  if (config.networks > 0) {
    throw new DatadamError("INVALID_OPTION", "networks: this distillation trains its networks, as `bank.networks`", {
      hint: "Leave out networks, or give the bank that they are of.",
    });
  }
  const preset = settleMethod({ name: method.name, preset: method.preset }, job.seed).method;
  return { ...job, bank: withDraws(bank, method, preset), method };
}

/** Settings of a method that are those of a bank's real images, and what they are called in a recipe. */
const DRAWN = { draws: "draws", batchReal: "images" } as const;

/**
 * A recipe with what the method says of its draws. @param usual what the preset says, which is nothing of this recipe
 * @throws DatadamError INVALID_OPTION
 */
function withDraws(bank: BankRecipe, method: MethodSettings, usual: MethodSettings): BankRecipe {
  const refuse = (key: string, why: string, hint: string): never => {
    throw new DatadamError("INVALID_OPTION", `${key} ${String(method[key])}: ${why}`, { hint });
  };
  const recipe: Record<string, unknown> = { ...bank };
  for (const [key, part] of Object.entries(DRAWN)) {
    if (method[key] === usual[key] || method[key] === "auto") continue;
    recipe[part] ??= method[key];
    if (recipe[part] !== method[key]) refuse(key, `\`bank.${part}\` is ${String(recipe[part])}`, "Give one of them.");
  }
  if (bank.path === undefined && method.sampling !== usual.sampling) {
    const why = `a bank that is made first has ${String(usual.sampling)}`;
    refuse("sampling", why, "Leave out sampling, or make the bank by a job of its own.");
  }
  return recipe as BankRecipe;
}

function requireShardable(config: DistillConfig): void {
  const obstacle = shardObstacle(config);
  if (obstacle === undefined) return;
  throw new DatadamError("INVALID_OPTION", `\`classes\` does not go with this: ${obstacle.reason}`, {
    hint: obstacle.hint,
  });
}
