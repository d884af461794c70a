import type { FileTree } from "./tree.ts";
/** Limits of {@link zipTree}. */
export interface ZipOptions {
    /** The most bytes that the archive may unpack to. */
    maxBytes: number;
    /** The most bytes that one file that is read may have. */
    maxFileBytes: number;
}
/**
 * The files of a zip archive. Only its directory is read at once.
 * @throws DatadamError INVALID_DATA where the archive is damaged or cut off, holds a link, an encrypted file, a name twice, an absolute
 *   path or `..`, or is larger than the limits; IO where the file cannot be read
 */
export declare function zipTree(file: string, options: ZipOptions): Promise<FileTree>;
//# sourceMappingURL=zip.d.ts.map