/** The six operations of differentiable siamese augmentation (Zhao and Bilen, ICML 2021), in the family's order. */
export declare const AUGMENT_OPERATIONS: readonly ["color", "crop", "cutout", "flip", "scale", "rotate"];
export type AugmentOperation = (typeof AUGMENT_OPERATIONS)[number];
/** How operations combine: one drawn per call, or all in turn in the policy's order. */
export type AugmentMode = "one" | "all";
/** Operations and how to combine them. No operations: images stay as they are. */
export interface AugmentPolicy {
    readonly operations: readonly AugmentOperation[];
    readonly mode: AugmentMode;
}
/**
 * Parses a strategy: operation names joined by `_`, e.g. `"color_crop_cutout_flip_scale_rotate"`, or `"none"`.
 * @throws DatadamError INVALID_OPTION for unknown or repeated names, and for an unknown mode
 */
export declare function parsePolicy(strategy: string, mode: AugmentMode): AugmentPolicy;
//# sourceMappingURL=policy.d.ts.map