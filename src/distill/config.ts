// The configuration of a distillation.

import { DatadamError } from "../errors.ts";
import { problems } from "./configProblems.ts";
import { type DistillConfig, parseConfig } from "./configSchema.ts";
import { methodDefaults } from "./presets.ts";

export { expectation, nearest } from "./configProblems.ts";
export {
  type ConfigKey,
  configKeys,
  type DistillConfig,
  INITIALISERS,
  type InitName,
  jsonSchema,
  METHOD_NAMES,
  type MethodName,
  type NormName,
  type SettledConfig,
} from "./configSchema.ts";
export { type PresetName, presets } from "./presets.ts";
export {
  type CustomNetwork,
  impossible,
  matchesGradients,
  type SetFacts,
  settleConfig,
  settleZca,
  shardObstacle,
} from "./settleConfig.ts";

/**
 * Checks `partial` and fills in defaults (those of the `paper` preset; of the method's own where `method` is another).
 *
 * @param where what is said after a problem with the value of a key, such as where it came from.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one),
 * wrong types, values out of range.
 */
export function resolveConfig(
  partial: { readonly [Key in keyof DistillConfig]?: DistillConfig[Key] | undefined },
  where: (key: string) => string = () => "",
): DistillConfig {
  const given = Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
  const result = parseConfig({ ...methodDefaults(partial.method), ...given });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) =>
    problems(issue, partial as Record<string, unknown>).map((line) => line + where(String(issue.path[0] ?? ""))),
  );
  const message =
    lines.length === 1 ? lines[0]! : `${lines.length} problems in the configuration:\n  ${lines.join("\n  ")}`;
  throw new DatadamError("INVALID_OPTION", message);
}
