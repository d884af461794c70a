import type { Dataset, Normalization } from "../images/types.ts";
import type { DecodedImage } from "./decode.ts";
import type { Gathered } from "./gather.ts";
import type { Layout } from "./layout.ts";
import type { FolderOptions } from "./options.ts";
/** The most bytes that one image file of an archive may have. */
export declare const MAX_IMAGE_BYTES: number;
/** Which images go where, and what is known of them. */
export interface Sources {
    /** Names the data set. */
    readonly name: string;
    /** Names the place in messages. */
    readonly root: string;
    readonly layout: Layout;
    /** Gives the image at a path of the layout. */
    readonly image: (path: string) => Promise<DecodedImage>;
    /** What changes with the contents of a file. Absent where images are in memory already. */
    readonly stamp?: ((path: string) => Promise<string>) | undefined;
    /** Default, and where it has another number of channels: the statistics of the training part. */
    readonly normalization?: Normalization;
}
/**
 * Splits where that was asked for, tells what was left out, and decodes all images, class by class, into shared memory or the cache.
 * Without `channels` the set is RGB, but grey where every image is.
 */
export declare function assemble(sources: Sources, options: FolderOptions): Promise<Dataset>;
/** The data set of decoded parts. @throws DatadamError INVALID_DATA where a class has lost all its training images */
export declare function datasetOf({ name, root, layout: { classNames }, normalization }: Pick<Sources, "name" | "root" | "layout" | "normalization">, { parts: [train, test], skipped, grey, mislabelled }: Gathered, options: FolderOptions): Dataset;
//# sourceMappingURL=assemble.d.ts.map