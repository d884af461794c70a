// What initial images may be called. Plain data.

export const INITIALISERS = ["real", "noise", "herding", "k-center", "k-means", "forgetting", "set"] as const;

/**
 * Initial images: random real ones, Gaussian noise, a selection of `src/select`, or a set that is given beside the
 * configuration.
 */
export type InitName = (typeof INITIALISERS)[number];
