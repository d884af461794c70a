// The public list. Rooms have their own: datadam/tensor, /engine, /random, /nn, /augment, /data, /formats, /nas, /continual,
// /statistics, /plots.
export { ReplayMemory } from "./continual/index.js";
export { loadDataset } from "./data/index.js";
export { configKeys, distill, gradientMatchingLoss, jsonSchema, matchingLoss, presets, resolveConfig, } from "./distill/index.js";
export { createEngine, probeBackends } from "./engine/index.js";
export { DatadamError } from "./errors.js";
export { evaluate, pools, protocols, randomSubset, Trainer, trainSteps, withSoftLabels, } from "./evaluate/index.js";
export { imageSet, prepare, prepareWith, unprepare, } from "./images/index.js";
export { buildNetwork, convnet, } from "./nn/index.js";
export { Key } from "./random/index.js";
export { readSyntheticSet, writeSyntheticSet } from "./run/index.js";
export { select } from "./select/index.js";
//# sourceMappingURL=index.js.map