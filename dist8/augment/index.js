// Differentiable siamese augmentation: draw parameters, apply them to images, and apply the adjoint to gradients.
export { augment, augmentAdjoint } from "./apply.js";
export { drawAugmentation } from "./draw.js";
export { AUGMENT_OPERATIONS, parsePolicy, } from "./policy.js";
//# sourceMappingURL=index.js.map