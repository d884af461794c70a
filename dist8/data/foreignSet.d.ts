import type { ImageSet, Preprocessing, SyntheticSet } from "../images/types.ts";
export interface ForeignSetOptions {
    /** The training part of the data set that it stands for: its shape and classes are the set's. */
    readonly like: Pick<ImageSet, "name" | "shape" | "classNames" | "flippable">;
    /** How the networks' images are made of pixels. Its normalisation is that of images in pixels, too. */
    readonly preprocessing: Preprocessing;
    /**
     * What float images are. `prepared` (default): in the space that `preprocessing` leads to, which is where distillers keep them.
     * `pixels`: in [0, 1]. Bytes and image files are always pixels, and never whitened.
     */
    readonly space?: "prepared" | "pixels";
}
export interface ForeignSet {
    readonly set: SyntheticSet;
    /** What was assumed, for the user to know. */
    readonly notes: readonly string[];
}
/**
 * Reads a set from a `.pt` of the official DataDAM, DM, DC or MTT code, an `.npz` or `.safetensors` of images and labels, or a folder
 * or archive of class folders. Its images are sorted by class. Nothing in it is ever run.
 *
 * @throws DatadamError INVALID_DATA where it is damaged, or its images, labels or classes are not those of `like`; IO
 */
export declare function readForeignSet(path: string, options: ForeignSetOptions): Promise<ForeignSet>;
//# sourceMappingURL=foreignSet.d.ts.map