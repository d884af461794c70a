import { type ParquetChunk, type ParquetColumn, type ParquetFile } from "./parquetFile.ts";
/** `undefined` where it is null. Bytes are views of the page. */
export type ParquetValue = Uint8Array | number | undefined;
/**
 * The values of a column in one row group.
 * @param rows how many
 * @param unpacked called with the unpacked size of each page before it is unpacked
 * @throws Error where pages are damaged or larger than they say, hold another number of values, or are packed in another way
 */
export declare function readPages(file: ParquetFile, column: ParquetColumn, chunk: ParquetChunk, rows: number, unpacked: (bytes: number) => void): AsyncGenerator<readonly ParquetValue[]>;
//# sourceMappingURL=parquetPages.d.ts.map