// Comma-separated values, or values with another sign between them. https://www.rfc-editor.org/rfc/rfc4180

import { DatadamError } from "../errors.ts";

/** A record and the line it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What may stand between fields. */
export type CsvSeparator = "," | ";" | "\t";

/** A field without quotes with what ends it, and what ends a quoted field. */
const PATTERNS: Readonly<Record<CsvSeparator, readonly [plain: RegExp, end: RegExp]>> = {
  ",": [/([^",\r\n]*)(,|\r\n|\n|\r|$)/y, /,|\r\n|\n|\r|$/y],
  ";": [/([^";\r\n]*)(;|\r\n|\n|\r|$)/y, /;|\r\n|\n|\r|$/y],
  "\t": [/([^"\t\r\n]*)(\t|\r\n|\n|\r|$)/y, /\t|\r\n|\n|\r|$/y],
};

/**
 * All records, empty lines left out. Lines end with CRLF, LF or CR; fields are as they are, spaces included.
 * @param name names the text in messages
 * @param separator what stands between fields (default: a comma)
 * @throws DatadamError INVALID_DATA with the line, where a quote stands inside a plain field, or none ends a quoted one
 */
export function parseCsv(text: string, name: string, separator: CsvSeparator = ","): CsvRow[] {
  const [plain, ends] = PATTERNS[separator];
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let [line, begun] = [1, 1];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length || fields.length > 0) {
    const quoted = text[at] === '"' ? quotedAt(text, at + 1) : undefined;
    const match = quoted === undefined ? matchAt(plain, text, at) : matchAt(ends, text, at + quoted.length + 2);
    if (match === null) throw new DatadamError("INVALID_DATA", `Line ${line} of ${name} has a quote out of place.`);
    const [field, end] = quoted === undefined ? [match[1], match[2]] : [quoted.replaceAll('""', '"'), match[0]];
    at = match.index + match[0].length;
    fields.push(field);
    line += quoted?.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === separator) continue;
    if (fields.length > 1 || quoted !== undefined || field !== "") rows.push({ line: begun, fields });
    fields = [];
    begun = ++line;
  }
  return rows;
}

/**
 * What stands between quotes, up to a quote that is not doubled; `undefined` where there is none. One regex for it
 * would overflow.
 */
function quotedAt(text: string, start: number): string | undefined {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return text.slice(start, at);
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
