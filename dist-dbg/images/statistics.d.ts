import type { ImageSet, Normalization } from "./types.ts";
/**
 * Mean and standard deviation of each channel of pixels in [0, 1] (divided by n, not n - 1). Sums are of integers and exact, so
 * the order of images does not matter. A constant channel gets the deviation 1, so that it can be divided by.
 */
export declare function channelStatistics(pixels: Uint8Array, shape: ImageSet["shape"]): Normalization;
/** {@link channelStatistics} of a set, read image by image. */
export declare function setStatistics(set: Pick<ImageSet, "count" | "shape" | "image">): Normalization;
//# sourceMappingURL=statistics.d.ts.map