/** A record and the line it begins on, from 1. */
export interface CsvRow {
    readonly line: number;
    readonly fields: readonly string[];
}
/**
 * All records, empty lines left out. Lines end with CRLF, LF or CR; fields are as they are, spaces included.
 * @param name names the text in messages
 * @throws DatadamError INVALID_DATA with the line, where a quote stands inside a plain field, or none ends a quoted one
 */
export declare function parseCsv(text: string, name: string): CsvRow[];
//# sourceMappingURL=csv.d.ts.map