// Training networks: steps, epochs, protocols.

export { type AccuracyImages, trainingAccuracy } from "./accuracy.ts";
export { type Examples, examplesOf } from "./batches.ts";
export { countAnswers, countCorrect } from "./countCorrect.ts";
export { type FitOptions, fitNetwork, type TrainingImages, trainEpoch } from "./fit.ts";
export { networkOutputs, type OutputsOptions } from "./outputs.ts";
export { assertPixels } from "./pixelBatches.ts";
export { learningRate, type ProtocolName, parseProtocol, protocols, resolveProtocol } from "./protocols.ts";
export { type TrainOptions, type TrainRun, train } from "./train.ts";
export { type SgdOptions, Trainer } from "./trainer.ts";
export { type TrainSteps, type TrainStepsOptions, trainSteps } from "./trainSteps.ts";
export type { Protocol, Schedule, TrainEvent, TrainingState } from "./types.ts";
