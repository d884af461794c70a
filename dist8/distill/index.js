// Distillation: DataDAM's attention matching, and other methods, between real and synthetic images.
export { configKeys, INITIALISERS, jsonSchema, nearest, presets, resolveConfig, settleConfig, } from "./config.js";
export { distill } from "./distill.js";
export { gradientMatchingLoss, } from "./gradientMatchingLoss.js";
export { matchingLoss } from "./matchingLoss.js";
//# sourceMappingURL=index.js.map