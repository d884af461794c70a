// The variants of matching by name. Plain data: configuration and help need no tensors.

/** How the channels of an activation map become one: their sum, or their maximum. */
export const REDUCTIONS = ["sum", "max"] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/** Norm to which each image's attention vector is brought. */
export const ATTENTION_NORMS = ["l2", "l1", "none"] as const;
export type AttentionNorm = (typeof ATTENTION_NORMS)[number];

/** Distance of class means: squared or absolute differences, summed; or 1 - cosine, summed over classes. */
export const ERROR_TYPES = ["mse", "mae", "cosine"] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];
