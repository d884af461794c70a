import { type DecodedImage } from "./decode.ts";
import type { FolderOptions } from "./options.ts";
/** What a tar archive holds. */
export interface TarContents {
    /** The archive. */
    readonly file: string;
    /** Paths of all files, in their order. */
    readonly files: readonly string[];
    readonly folders: readonly string[];
    readonly images: ReadonlyMap<string, DecodedImage>;
    /** The small .cls and .json files, by path. */
    readonly texts: ReadonlyMap<string, string>;
}
/**
 * Reads and decodes.
 * @param before images in memory already, which count for the limit
 * @throws DatadamError as {@link readArchive} and {@link decodeImage}; INVALID_DATA where an image is there twice
 */
export declare function readTar(file: string, options: FolderOptions, before?: number): Promise<TarContents>;
//# sourceMappingURL=tar.d.ts.map