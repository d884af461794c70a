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
export { type FamilySource, family, type RealSide, type RealSideOptions, randomNetwork, realSide } from "./family.ts";
export {
  type GradientMatchingLoss,
  type GradientMatchingLossOptions,
  gradientMatchingLoss,
} from "./losses/gradientMatchingLoss.ts";
export { type MatchingLoss, type MatchingLossOptions, matchingLoss } from "./losses/matchingLoss.ts";
export type { AttentionLoss } from "./matching/attentionObjective.ts";
export { GradientMatcher, type GradientObjective } from "./matching/gradients.ts";
export { bindParameters, Matcher } from "./matching/match.ts";
export type { Objective } from "./matching/programs.ts";
export {
  defineMethod,
  type MakeMethod,
  type Match,
  type Matching,
  type Measures,
  type Method,
  type MethodContext,
  type MethodFacts,
  type MethodInstance,
  type Obstacle,
  type Targets,
} from "./method.ts";
export { methods } from "./methods/index.ts";
export type { Place } from "./places.ts";
export type {
  DistillEvent,
  DistillOptions,
  DistillRun,
  DistillState,
  Family,
  OwnMethodOptions,
  RunOptions,
  Visit,
} from "./types.ts";
