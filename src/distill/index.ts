// Distillation: DataDAM's attention matching, and other methods, between real and synthetic images.

export {
  type ConfigKey,
  configKeys,
  type DistillConfig,
  INITIALISERS,
  type InitName,
  jsonSchema,
  type MethodName,
  nearest,
  type PresetName,
  parseConfig,
  presets,
  type ResolvedConfig,
  resolveConfig,
} from "./config/index.ts";
export { distill } from "./distill.ts";
export {
  type GradientMatchingLoss,
  type GradientMatchingLossOptions,
  gradientMatchingLoss,
} from "./matching/gradientMatchingLoss.ts";
export { type MatchingLoss, type MatchingLossOptions, matchingLoss } from "./matching/matchingLoss.ts";
export type { Distill, DistillEvent, DistillOptions, DistillRun, DistillState } from "./types.ts";
