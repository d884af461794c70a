// The configuration of a distillation.

import { DatadamError } from "../../errors.ts";
import { methodDefaults } from "./presets.ts";
import { problems } from "./problems.ts";
import { type DistillConfig, safeParseConfig } from "./schema.ts";

export { type PresetName, presets } from "./presets.ts";
export { expectation, nearest } from "./problems.ts";
export {
  type ConfigKey,
  configKeys,
  type DistillConfig,
  INITIALISERS,
  type InitName,
  jsonSchema,
  METHOD_NAMES,
  type MethodName,
  type ResolvedConfig,
} from "./schema.ts";
export {
  type CustomNetwork,
  impossible,
  matchesGradients,
  resolveConfig,
  type SetFacts,
  settleZca,
  shardObstacle,
} from "./settleConfig.ts";
export { networkOf } from "./settleNetwork.ts";

/**
 * Checks `partial` and fills in defaults (those of the `paper` preset; of the method's own where `method` is another).
 *
 * @param where what is said after a problem with the value of a key, such as where it came from.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one),
 * wrong types, values out of range.
 */
export function parseConfig(
  partial: { readonly [Key in keyof DistillConfig]?: DistillConfig[Key] | undefined },
  where: (key: string) => string = () => "",
): DistillConfig {
  const given = Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
  const result = safeParseConfig({ ...methodDefaults(partial.method), ...given });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) =>
    problems(issue, partial as Record<string, unknown>).map((line) => line + where(String(issue.path[0] ?? ""))),
  );
  const message =
    lines.length === 1 ? lines[0]! : `${lines.length} problems in the configuration:\n  ${lines.join("\n  ")}`;
  throw new DatadamError("INVALID_OPTION", message);
}
