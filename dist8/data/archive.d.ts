import type { TarMember } from "./tarMembers.ts";
/** A file or folder of an archive, its path normalised: no `./`, no trailing slash. */
export interface ArchiveEntry {
    readonly path: string;
    readonly folder: boolean;
    /** The contents; empty where they were not wanted. */
    readonly bytes: Uint8Array;
}
/** Limits of {@link readArchive}. */
export interface ArchiveOptions {
    /** The most bytes that the archive may unpack to. */
    maxBytes: number;
    /** The most bytes that one wanted file may have. */
    maxFileBytes: number;
    /** Which files to read. */
    want: (path: string) => boolean;
    /** A plain archive inside the file, to read instead of it. */
    member?: TarMember;
}
/**
 * The entries of a tar archive in their order.
 * @throws DatadamError INVALID_DATA where the archive is damaged or cut off, holds a link, a device, an absolute path or `..`,
 *   or is larger than the limits
 */
export declare function readArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveEntry>;
//# sourceMappingURL=archive.d.ts.map