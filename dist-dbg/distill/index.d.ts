export { type ConfigKey, configKeys, type DistillConfig, INITIALISERS, type InitName, jsonSchema, type MethodName, nearest, type PresetName, presets, resolveConfig, type SettledConfig, settleConfig, } from "./config.ts";
export { distill } from "./distill.ts";
export { type GradientMatchingLoss, type GradientMatchingLossOptions, gradientMatchingLoss, } from "./gradientMatchingLoss.ts";
export { type MatchingLoss, type MatchingLossOptions, matchingLoss } from "./matchingLoss.ts";
export type { Distill, DistillEvent, DistillOptions, DistillRun, DistillState } from "./types.ts";
//# sourceMappingURL=index.d.ts.map