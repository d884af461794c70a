import type { Augmentation, ImageShape } from "./types.ts";
/**
 * Augments float32 NCHW images.
 * @param a what to apply; with `a.count` set, `shape[0]` must equal it
 * @param shape `[count, channels, height, width]`
 * @param out where to write, of the same length; may not overlap `images`. A new array by default
 * @returns `out`
 * @throws RangeError where sizes do not fit together
 */
export declare function augment(a: Augmentation, images: Float32Array, shape: ImageShape, out?: Float32Array): Float32Array;
/**
 * The transpose of the linear part of {@link augment}: turns gradients for augmented images into gradients for the images.
 * Parameters, errors and result as there.
 */
export declare function augmentAdjoint(a: Augmentation, gradients: Float32Array, shape: ImageShape, out?: Float32Array): Float32Array;
//# sourceMappingURL=apply.d.ts.map