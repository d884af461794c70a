// Evaluation: what accuracy a small set gives to networks trained on it.

export type { Examples } from "./batches.ts";
export { eachOf } from "./eachOf.ts";
export {
  countCorrect,
  evaluate,
  type FitOptions,
  fitNetwork,
  settleProtocol,
  type TrainingImages,
  trainEpoch,
} from "./evaluate.ts";
export { type NetworkChoice, networkFor } from "./network.ts";
export { networkOutputs, type OutputsOptions } from "./outputs.ts";
export { type PoolName, poolOf, pools } from "./pools.ts";
export { learningRate, type ProtocolName, protocols, resolveProtocol } from "./protocols.ts";
export { type SoftLabelOptions, withSoftLabels } from "./softLabels.ts";
export { randomMembers, randomSubset, subset } from "./subset.ts";
export { type TrainOptions, type TrainRun, train } from "./train.ts";
export { type SgdOptions, Trainer } from "./trainer.ts";
export { type TrainSteps, type TrainStepsOptions, trainSteps } from "./trainSteps.ts";
export type {
  EvaluateOptions,
  EvaluateProgress,
  Evaluation,
  Protocol,
  Schedule,
  TrainEvent,
  TrainingState,
} from "./types.ts";
