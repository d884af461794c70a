// What methods and initial images may be called. Plain data: help needs no schema.

export const METHOD_NAMES = ["datadam", "dm", "dc", "dsa"] as const;

/** What is matched: attention and features (DataDAM), features alone (DM), gradients (DC), augmented gradients (DSA). */
export type MethodName = (typeof METHOD_NAMES)[number];

export const INITIALISERS = ["real", "noise", "herding", "k-center", "k-means", "forgetting", "set"] as const;

/** Initial images: random real ones, Gaussian noise, a coreset of `src/select`, or a set that is given beside the configuration. */
export type InitName = (typeof INITIALISERS)[number];
