// Parts of jobs that match: a method with its preset and all its settings.

import * as z from "zod";
import {
  checkPreset,
  type DistillConfig,
  defaultPreset,
  jsonSchema,
  keysFor,
  METHOD_NAMES,
  type PresetName,
  parseConfig,
  presets,
} from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { defined } from "./load.ts";

/** A method as a user writes it: a name, a preset, any settings. */
export const methodSchema = z
  .looseObject({ name: z.enum(METHOD_NAMES).optional(), preset: z.string().optional() })
  .default({});

/** A method with its preset and all its settings: `"auto"` values are settled against the data set. */
export type MethodSettings = Readonly<Record<string, unknown>> & {
  readonly name: DistillConfig["method"];
  readonly preset: PresetName;
  readonly ipc: number;
  readonly iterations: number;
};

/** A job that has such settings. */
interface WithMethod {
  readonly method: MethodSettings;
  readonly seed: number;
}

/** The configuration of a job. */
export function configOf({ method: { name, preset: _, ...settings }, seed }: WithMethod): DistillConfig {
  return parseConfig({ ...settings, method: name, seed });
}

/**
 * Fills in preset and defaults.
 *
 * @param usual the preset of a method that is not named.
 * @param forced settings that follow from the rest of the job.
 * @throws DatadamError INVALID_OPTION
 */
export function settleMethod(
  { name, preset: named, ...settings }: z.infer<typeof methodSchema>,
  seed: number,
  usual: PresetName = defaultPreset(name),
  forced: Readonly<Record<string, unknown>> = {},
): { readonly method: MethodSettings; readonly config: DistillConfig } {
  refuseKeys(settings, ["seed"]);
  const preset = checkPreset(named ?? usual);
  const method = name === undefined ? {} : { method: name };
  const recipe: Readonly<Record<string, unknown>> = { ...presets[preset], ...method };
  const config = parseConfig({ ...keysFor(recipe.method, recipe), ...defined(settings), ...forced, seed });
  const { method: settled, seed: _, ...all } = config;
  return { method: { name: settled, preset, ...all }, config };
}

/**
 * Refuses settings that a job has no use for, or has elsewhere. @throws DatadamError INVALID_OPTION
 */
export function refuseKeys(settings: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
  const key = keys.find((one) => settings[one] !== undefined);
  if (key === undefined) return;
  const beside = key === "seed";
  throw new DatadamError("INVALID_OPTION", `${key}: ${beside ? "it stands beside `method`" : "of no use here"}`, {
    hint: beside ? "Give `seed` of the job." : `Leave out ${key}.`,
  });
}

type JsonObject = { readonly properties: Readonly<Record<string, unknown>> };

/** JSON Schema of a job whose `method` is such: the keys of the configuration are its properties. */
export function withMethodSchema(input: z.ZodType): Record<string, unknown> {
  const schema = z.toJSONSchema(input, { io: "input" }) as { properties: Record<string, unknown> };
  const ofConfig = jsonSchema() as JsonObject & { anyOf?: JsonObject[]; oneOf?: JsonObject[] };
  const variants = ofConfig.anyOf ?? ofConfig.oneOf ?? [ofConfig];
  const anyOf = variants.map(({ properties: { method, seed: _, $schema: __, ...keys } }) => ({
    type: "object",
    properties: { name: method, preset: { enum: Object.keys(presets) }, ...keys },
    additionalProperties: false,
  }));
  schema.properties.method = anyOf.length === 1 ? anyOf[0] : { anyOf };
  return schema;
}
