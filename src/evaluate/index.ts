// Evaluation: what accuracy a small set gives to networks trained on it.

export { evaluate } from "./evaluate.ts";
export { type NetworkChoice, networkFor } from "./network.ts";
export { type PoolName, poolOf, pools } from "./pools.ts";
export { type SoftLabelOptions, withSoftLabels } from "./softLabels.ts";
export type { EvaluateOptions, EvaluateProgress, Evaluation } from "./types.ts";
