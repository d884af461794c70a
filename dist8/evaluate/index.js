// Evaluation: what accuracy a small set gives to networks trained on it.
export { countCorrect, eachOf, evaluate, fitNetwork, settleProtocol, trainEpoch, } from "./evaluate.js";
export { networkFor } from "./network.js";
export { networkOutputs } from "./outputs.js";
export { poolOf, pools } from "./pools.js";
export { learningRate, protocols, resolveProtocol } from "./protocols.js";
export { withSoftLabels } from "./softLabels.js";
export { randomMembers, randomSubset, subset } from "./subset.js";
export { train } from "./train.js";
export { Trainer } from "./trainer.js";
export { trainSteps } from "./trainSteps.js";
//# sourceMappingURL=index.js.map