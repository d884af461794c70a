import type { ImageSet, Normalization } from "./types.ts";
/** What {@link imageSet} takes. */
export interface ImageSetOptions {
    /** Names the set in messages. Default `images`. */
    readonly name?: string;
    /** `[channels, height, width]`. */
    readonly shape: ImageSet["shape"];
    /** uint8, NCHW. Used as it is, not copied: in shared memory if it lies there. */
    readonly pixels: Uint8Array;
    /** A class index for each image, from 0 on. */
    readonly labels: ArrayLike<number>;
    /** Default: the class indices as text. */
    readonly classNames?: readonly string[];
    /** Default: the channel statistics of these images. Give a test set the training set's. */
    readonly normalization?: Normalization;
    /** Whether a mirrored image keeps its class. Default true: give false for digits and letters. */
    readonly flippable?: boolean;
}
/**
 * An image set of arrays that you have: what `loadDataset` gives for files.
 *
 * @throws RangeError where pixels, labels, shape and class names do not fit each other.
 */
export declare function imageSet(options: ImageSetOptions): ImageSet;
/** The set with its {@link ImageSet.image}, which reads `pixels`. A copy with other pixels (`{ ...set, pixels }`) reads those. */
export declare function inMemory<T extends Omit<ImageSet, "image" | "normalization">>(set: T): T & Pick<ImageSet, "image">;
/** Bytes of an image. */
export declare function imageSize({ shape }: Pick<ImageSet, "shape">): number;
/** @throws RangeError where the set has no such image. */
export declare function checkIndex({ name, count }: Pick<ImageSet, "name" | "count">, index: number): void;
/** `count` images from `start` on, copied into one array: uint8 NCHW. */
export declare function readImages(set: ImageSet, start: number, count: number): Uint8Array<ArrayBuffer>;
//# sourceMappingURL=imageSet.d.ts.map