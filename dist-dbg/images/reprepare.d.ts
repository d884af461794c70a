import type { ImageSet, Preprocessing } from "./types.ts";
/**
 * Images of the space of `from` in that of `to`: whitening undone, normalised anew, whitened. The same array where the two are
 * alike. A few hundred whitened images of 3x32x32 take seconds.
 *
 * @param images float32 NCHW
 */
export declare function reprepare(images: Float32Array, shape: ImageSet["shape"], from: Preprocessing, to: Preprocessing): Float32Array;
//# sourceMappingURL=reprepare.d.ts.map