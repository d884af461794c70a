import { DatadamError } from "../errors.ts";
/** Where a published set lies and how it is told of. */
export interface Published {
    /** e.g. `cifar10`. */
    readonly name: string;
    /** As its authors call it, e.g. `CIFAR-10`. */
    readonly title: string;
    /** The names of its files, needed or not. */
    readonly files: readonly string[];
    /** Folders below the user's place, looked into in this order before the place itself. */
    readonly folders: readonly string[];
    /** Tar archives in the user's place, looked for where no folder has a file. Empty: archives are not read. */
    readonly archives: readonly string[];
    /** Whether each file may be gzipped, its name with `.gz` behind. */
    readonly gzipped?: boolean;
    readonly maxFileBytes: number;
    /** Where to get it and which flag to use. */
    readonly hint: string;
}
/** One file. `path` is for messages. */
export interface PublishedFile {
    readonly path: string;
    readonly name: string;
    readonly bytes: Uint8Array;
}
/**
 * The files of a set that there are, each once, read one after the other.
 * @param place a folder or a tar archive
 * @throws DatadamError INVALID_OPTION without a place, DATASET_NOT_FOUND where there is nothing, INVALID_DATA where a file is too large
 *   or twice in an archive, or the archive is damaged
 */
export declare function publishedFiles(set: Published, place: string | undefined, maxArchiveBytes: number): AsyncGenerator<PublishedFile>;
/** The files by name. @throws DatadamError as {@link publishedFiles} does, and DATASET_NOT_FOUND where one is missing */
export declare function allFiles(set: Published, place: string | undefined, maxArchiveBytes: number): Promise<ReadonlyMap<string, PublishedFile>>;
/** @throws DatadamError DATASET_NOT_FOUND that names those of the `needed` files that were not found */
export declare function requireFiles(set: Published, place: string | undefined, needed: readonly string[], found: Pick<ReadonlyMap<string, unknown>, "has">): void;
/** The error of a file that is not as it must be. */
export declare function damaged(set: Published, message: string, cause?: unknown): DatadamError;
/** What `decode` gives, its errors with the path before them. */
export declare function decoded<T>(set: Published, { path, bytes }: PublishedFile, decode: (bytes: Uint8Array) => T): T;
//# sourceMappingURL=published.d.ts.map