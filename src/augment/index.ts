// Differentiable siamese augmentation: draw parameters, apply them to images, and apply the adjoint to gradients.
// Beside it, what evaluation does to images as bytes, and CutMix of a batch.

export { augment, augmentAdjoint } from "./apply.ts";
export { drawPixelSteps, isPixelPolicy, PIXEL_POLICIES, type PixelPolicy } from "./bytes/policies.ts";
export { augmentPixels, type PixelStep } from "./bytes/steps.ts";
export { type CutMix, type CutMixOptions, cutMixImages, cutMixTargets, drawCutMix } from "./cutmix.ts";
export { type DrawOptions, drawAugmentation } from "./draw.ts";
export type { DrawContext, ImageShape, Images, Operation } from "./operation.ts";
export {
  type AugmentMode,
  type AugmentPolicy,
  autoStrategy,
  DSA_STRATEGY,
  parsePolicy,
  withoutMirrors,
} from "./policy.ts";
export { AUGMENT_OPERATIONS, type Augmentation, type AugmentOperation, type AugmentStep } from "./registry.ts";
