import { DatadamError } from "../errors.ts";
/** A path of an archive without `./` and a trailing slash. @throws DatadamError INVALID_DATA where it is absolute or leads out */
export declare function normalPath(file: string, name: string): string;
/** What a file is by how it begins. */
export type FileKind = "zip" | "gzip" | "tar" | "Parquet" | "image" | undefined;
/** Recognises what is read here. A damaged or very old tar archive is not recognised. @throws DatadamError IO */
export declare function kindOf(file: string): Promise<FileKind>;
/** What every refusal of an archive says. */
export declare function refused(file: string, what: string, cause?: unknown): DatadamError;
//# sourceMappingURL=archiveFile.d.ts.map