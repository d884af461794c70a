// The public list where there is no Node, such as in a browser: what reads and writes the disk is left out.

export { ReplayMemory, type ReplayMemoryOptions } from "./continual/index.ts";
export {
  configKeys,
  type DistillConfig,
  type DistillEvent,
  type DistillOptions,
  type DistillRun,
  type DistillState,
  distill,
  type GradientMatchingLoss,
  type GradientMatchingLossOptions,
  gradientMatchingLoss,
  jsonSchema,
  type MatchingLoss,
  type MatchingLossOptions,
  matchingLoss,
  parseConfig,
  presets,
} from "./distill/index.ts";
export { createEngine, type Device, type Engine, type EngineOptions, probeBackends } from "./engine/index.ts";
export { DatadamError, type ErrorCode } from "./errors.ts";
export {
  type ClassifierOptions,
  type EvaluateOptions,
  type Evaluation,
  encodeClassifier,
  evaluate,
  type PixelType,
  pools,
  type SoftLabelOptions,
  withSoftLabels,
} from "./evaluate/index.ts";
export {
  type Dataset,
  expandSet,
  type ImageSet,
  type ImageSetOptions,
  imageSet,
  type PreparedSet,
  type Preprocessing,
  prepare,
  prepareWith,
  randomSubset,
  type SyntheticSet,
  type TestedDataset,
  unprepare,
} from "./images/index.ts";
export {
  buildNetwork,
  type ConvNetOptions,
  convnet,
  type NdArray,
  type Network,
  type NetworkBuilder,
  type NetworkChoice,
} from "./nn/index.ts";
export { Key } from "./random/index.ts";
export { type SelectMethod, type SelectOptions, type SelectProgress, select } from "./select/index.ts";
export {
  type Protocol,
  protocols,
  type SgdOptions,
  Trainer,
  type TrainStepsOptions,
  trainSteps,
} from "./train/index.ts";
