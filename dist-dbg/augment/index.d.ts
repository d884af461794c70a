export { augment, augmentAdjoint } from "./apply.ts";
export { type DrawOptions, drawAugmentation } from "./draw.ts";
export { AUGMENT_OPERATIONS, type AugmentMode, type AugmentOperation, type AugmentPolicy, parsePolicy, } from "./policy.ts";
export type { Augmentation, AugmentStep, ImageShape } from "./types.ts";
//# sourceMappingURL=index.d.ts.map