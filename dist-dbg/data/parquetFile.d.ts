import { type FileHandle } from "node:fs/promises";
import { DatadamError } from "../errors.ts";
import { type ThriftStruct } from "./thrift.ts";
/** A column without lists. */
export interface ParquetColumn {
    /** With its parents, joined by dots. */
    readonly name: string;
    readonly type: string;
    /** How many of the column and its parents may be null: the definition level of a value that is there. */
    readonly level: number;
}
/** The pages of a column in one row group. */
export interface ParquetChunk {
    readonly codec: string;
    /** Bytes `start` to `end` of the file hold the pages. */
    readonly start: number;
    readonly end: number;
}
export interface ParquetGroup {
    readonly rows: number;
    readonly chunks: ReadonlyMap<string, ParquetChunk>;
}
/** An open file. */
export interface ParquetFile {
    readonly path: string;
    readonly handle: FileHandle;
    readonly columns: readonly ParquetColumn[];
    readonly groups: readonly ParquetGroup[];
    /** Key-value metadata. */
    readonly metadata: ReadonlyMap<string, string>;
}
/** @throws DatadamError IO, INVALID_DATA where the file is cut off or none of Parquet, or its footer is damaged */
export declare function openParquet(path: string): Promise<ParquetFile>;
/** What every refusal of a Parquet file says. An error that is one already stays. */
export declare function damaged(path: string, error: unknown): DatadamError;
/** @throws Error where the file ends before */
export declare function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer>;
/** A whole number that is not negative. */
export declare function count(of: ThriftStruct, field: number): number;
//# sourceMappingURL=parquetFile.d.ts.map