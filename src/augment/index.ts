// Differentiable siamese augmentation: draw parameters, apply them to images, and apply the adjoint to gradients. Beside it, what evaluation
// does to images as bytes.

export { augment, augmentAdjoint } from "./apply.ts";
export { drawPixelSteps, isPixelPolicy, PIXEL_POLICIES, type PixelPolicy } from "./bytes/policies.ts";
export { augmentPixels, type PixelStep } from "./bytes/steps.ts";
export { type DrawOptions, drawAugmentation } from "./draw.ts";
export {
  AUGMENT_OPERATIONS,
  type AugmentMode,
  type AugmentOperation,
  type AugmentPolicy,
  parsePolicy,
} from "./policy.ts";
export type { Augmentation, AugmentStep, ImageShape } from "./types.ts";
