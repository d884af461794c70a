// Comma-separated values. https://www.rfc-editor.org/rfc/rfc4180

import { DatadamError } from "../errors.ts";

/** A record and the line it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** One field, from its start: quoted, with quotes inside doubled, or plain; then what ends it. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/**
 * All records, empty lines left out. Lines end with CRLF, LF or CR; fields are as they are, spaces included.
 * @param name names the text in messages
 * @throws DatadamError INVALID_DATA with the line, where a quote stands inside a plain field, or none ends a quoted one
 */
export function parseCsv(text: string, name: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let [line, begun] = [1, 1];
  FIELD.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const match = FIELD.exec(text);
    if (match === null) throw new DatadamError("INVALID_DATA", `Line ${line} of ${name} has a quote out of place.`);
    const [, quoted, plain, end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += quoted?.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ",") continue;
    if (fields.length > 1 || quoted !== undefined || plain !== "") rows.push({ line: begun, fields });
    fields = [];
    begun = ++line;
  }
  return rows;
}
