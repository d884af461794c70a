// Evaluation: what accuracy a small set gives to networks trained on it.

export type { NetworkChoice } from "../nn/index.ts";
export { gathered } from "./answers.ts";
export { type ClassifierOptions, encodeClassifier, PIXEL_TYPES, type PixelType } from "./classifier.ts";
export { evaluate, summaryOf, workInImages } from "./evaluate.ts";
export { type NetworkNames, networkFor, networkTitle, planNetworks } from "./network.ts";
export { type PoolName, poolOf, pools } from "./pools.ts";
export { type SoftLabelOptions, withSoftLabels } from "./softLabels.ts";
export type { Answers, EvaluateOptions, EvaluateProgress, Evaluation } from "./types.ts";
