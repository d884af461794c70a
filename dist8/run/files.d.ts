import { DatadamError } from "../errors.ts";
/** Writes a file beside its place, flushes it to the disk and renames it. On failure the earlier file is untouched. */
export declare function writeAtomic(path: string, content: Uint8Array | string): void;
/** Makes a folder and those above it that are missing; gives whether there was anything to make. */
export declare function makeFolder(folder: string): boolean;
/** Removes a file; one that is not there, or cannot be removed, is no matter. */
export declare function removeQuietly(path: string): void;
/** Removes what killed writers left in a folder. Call only under the run's lock. */
export declare function sweepPartial(folder: string): void;
/** Names in a folder; none where it does not exist. */
export declare function listFolder(folder: string): string[];
/** The bytes of a file, or undefined where there is none. A plain array: `slice` of a Buffer does not copy. */
export declare function readIfThere(path: string): Uint8Array | undefined;
/** The text of a file, or undefined where there is none. */
export declare function readText(path: string): string | undefined;
/** JSON of a file written by this package. @throws DatadamError INVALID_RUN where it is not JSON. */
export declare function readJson(path: string): unknown;
/** The system's code of an error (`ENOENT`), if it has one. */
export declare function errno(error: unknown): string | undefined;
/** A system error as one that says what was being done and what helps. */
export declare function ioError(error: unknown, doing: string): DatadamError;
//# sourceMappingURL=files.d.ts.map