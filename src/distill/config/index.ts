// The configuration of a distillation, for other rooms. Files of this room import each other directly.

export { INITIALISERS, type InitName, METHOD_NAMES, type MethodName, PRESET_NAMES, type PresetName } from "./names.ts";
export { nearest } from "./nearest.ts";
export { networkOf } from "./networkKeys.ts";
export { withoutNeutral } from "./neutral.ts";
export { parseConfig, parseShared } from "./parseConfig.ts";
export { checkPreset, defaultPreset, presets } from "./presets.ts";
export { ConfigError, expectation, linesIn } from "./problems.ts";
export {
  impossible,
  resolveConfig,
  shardObstacle,
} from "./resolveConfig.ts";
export {
  type ConfigKey,
  configKeys,
  type DistillConfig,
  jsonSchema,
  keysFor,
  type ResolvedConfig,
  type SharedConfig,
} from "./schema.ts";
