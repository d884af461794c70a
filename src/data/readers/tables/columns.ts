// Tables of image files and their labels: which sign stands between fields, which columns there are, and which files
// are meant.

import { DatadamError } from "../../../errors.ts";
import { type CsvRow, type CsvSeparator, parseCsv } from "../../../formats/index.ts";
import { parseJson } from "../../../json.ts";
import { isImagePath } from "../../layout/formats.ts";
import { type ColumnKind, findColumn, type PartName, partOf, usualColumns } from "../../layout/words.ts";
import type { ResolvedOptions } from "../../options.ts";

/** A line of a table, as it is. */
export interface Line {
  readonly line: number;
  /** As given, with `/`. */
  readonly path: string;
  readonly label: string;
  readonly part: PartName | undefined;
}

type Columns = Pick<ResolvedOptions, "imageColumn" | "labelColumn">;

const SEPARATORS: readonly CsvSeparator[] = [",", ";", "\t"];
const GIVEN = { image: "imageColumn", label: "labelColumn", split: undefined } as const;

/** What a table must look like. */
export const TABLE_HINT =
  "A table has a line path,label for every image, and may have a header and a third column, split (train, val or " +
  "test). `imageColumn` and `labelColumn` name the columns of another header.";

/**
 * The lines of a table with a header of known names (other columns are left out), or without one: path, label and, if
 * it likes, split.
 * @param name names the table in messages
 * @throws DatadamError INVALID_DATA with the line, or where the header's names are not known
 */
export function readTable(text: string, name: string, options: Columns): Line[] {
  const [rows, header] = rowsOf(text, name, options);
  const columns = header ?? ["path", "label", "split"];
  const at = (kind: ColumnKind) => findColumn(columns, kind, header && GIVEN[kind] && options[GIVEN[kind]]);
  const [path, label] = [at("image"), at("label")];
  const split = header === undefined ? 2 : at("split");
  return rows.slice(header === undefined ? 0 : 1).map(({ line, fields }) => {
    const where = `Line ${line} of ${name}`;
    const fits = header === undefined ? fields.length === 2 || fields.length === 3 : fields.length === columns.length;
    if (!fits)
      throw invalid(`${where} has ${fields.length} fields, not ${header === undefined ? "2 or 3" : columns.length}.`);
    const values = fields.map((field) => field.trim());
    if (values[path] === "" || values[label] === "") {
      throw invalid(`${where} has no ${values[path] ? "label" : "path"}.`);
    }
    const part = values[split] === undefined ? undefined : partOf(values[split]);
    if (values[split] !== undefined && part === undefined) {
      throw invalid(`${where} has the split "${values[split]}", none of train, val and test.`);
    }
    return { line, path: values[path].replaceAll("\\", "/"), label: values[label], part };
  });
}

/** The rows, and the header where the first of them is one. */
function rowsOf(text: string, name: string, options: Columns): [CsvRow[], readonly string[] | undefined] {
  const first = /^\ufeff?(?:\s*[\r\n])*([^\r\n]*)/.exec(text)?.[1] ?? "";
  const tries = SEPARATORS.map((separator) => ({ separator, fields: fieldsOf(first, separator) }));
  const named = tries.find(({ fields }) => isHeader(fields, options));
  if (named !== undefined) return [parseCsv(text, name, named.separator), named.fields];
  const [{ separator }] = tries.sort((a, b) => b.fields.length - a.fields.length);
  const rows = parseCsv(text, name, separator);
  const [one, two] = rows.slice(0, 2).map(({ fields }) => fields.map((field) => field.trim()));
  const given = [options.imageColumn, options.labelColumn].filter((column) => column !== undefined);
  const seems =
    one !== undefined && !isImagePath(one[0]) && (isImagePath(two?.[0] ?? "") || findColumn(one, "image") >= 0);
  if (given.length === 0 && !seems) return [rows, undefined];
  const kind = findColumn(one ?? [], "image", options.imageColumn) < 0 ? "image" : "label";
  const wanted = options[GIVEN[kind]] ?? usualColumns(kind);
  throw invalid(
    `The header of ${name} names the columns ${(one ?? []).slice(0, 10).join(", ")}; none of them is ` +
      `${kind === "image" ? "of paths" : "of labels"} (${wanted}).`,
  );
}

/** The fields of one line; none where it is not one. */
function fieldsOf(line: string, separator: CsvSeparator): string[] {
  try {
    return (parseCsv(line, "", separator)[0]?.fields ?? []).map((field) => field.trim());
  } catch {
    return []; // told when the whole is parsed
  }
}

function isHeader(fields: readonly string[], { imageColumn, labelColumn }: Columns): boolean {
  const [path, label] = [findColumn(fields, "image", imageColumn), findColumn(fields, "label", labelColumn)];
  return path >= 0 && label >= 0 && path !== label;
}

/**
 * The lines of a file of one JSON object a line, as `metadata.jsonl`. Objects without a label are left out.
 * @throws DatadamError INVALID_DATA with the line
 */
export function readJsonLines(text: string, name: string, options: Columns): Line[] {
  const found: Line[] = [];
  for (const [i, json] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    if (json.trim() === "") continue;
    const where = `Line ${i + 1} of ${name}`;
    const value = objectOf(json, where);
    const keys = Object.keys(value);
    const path = value[keys[findColumn(keys, "image", options.imageColumn)]];
    const label = labelIn(value, options.labelColumn);
    if (typeof path !== "string" || path === "") throw invalid(`${where} has no file_name.`);
    if (label === undefined) continue;
    const split = value[keys[findColumn(keys, "split")]];
    const part = typeof split === "string" ? partOf(split) : undefined;
    found.push({ line: i + 1, path: path.replaceAll("\\", "/"), label, part });
  }
  return found;
}

/** The label that an object of JSON names, or is. */
export function labelIn(value: unknown, column?: string): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  const at = findColumn(keys, "label", column);
  const label = (value as Record<string, unknown>)[keys[at]];
  return typeof label === "object" ? undefined : labelIn(label);
}

function objectOf(json: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (cause) {
    throw invalid(`${where} is not JSON.`, cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${where} is not an object of JSON.`);
}

function invalid(message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, { cause, hint: TABLE_HINT });
}
