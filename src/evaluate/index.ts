// Evaluation: what accuracy a small set gives to networks trained on it.

export {
  countCorrect,
  eachOf,
  evaluate,
  type FitOptions,
  fitNetwork,
  settleProtocol,
  type TrainingImages,
  trainEpoch,
} from "./evaluate.ts";
export { networkOutputs, type OutputsOptions } from "./outputs.ts";
export { learningRate, protocols, resolveProtocol } from "./protocols.ts";
export { type SoftLabelOptions, withSoftLabels } from "./softLabels.ts";
export { randomMembers, randomSubset, subset } from "./subset.ts";
export { type SgdOptions, Trainer } from "./trainer.ts";
export { type TrainSteps, type TrainStepsOptions, trainSteps } from "./trainSteps.ts";
export type { EvaluateOptions, EvaluateProgress, Evaluation, Protocol } from "./types.ts";
