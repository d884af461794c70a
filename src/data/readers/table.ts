// A CSV file that names image files and their labels, one a line.

import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { type CsvRow, parseCsv } from "../../formats/index.ts";
import type { Dataset } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { fileStamp } from "../archives/tree.ts";
import { decodeImage } from "../decode/decode.ts";
import { sortedClasses } from "../layout/classNames.ts";
import { checkClassCount, type Layout } from "../layout/layout.ts";
import { mapInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { readRegular, unreadable } from "../regularFile.ts";
import { assemble } from "../store/assemble.ts";
import { endsAs, OF_IMAGE_FILES, type Reader } from "./reader.ts";

/** A line of the table, checked. */
interface Item {
  readonly line: number;
  /** Absolute. */
  readonly path: string;
  readonly label: string;
  readonly test: boolean;
}

const SHOWN = 3; // missing files that an error names

const ENDINGS = [".csv"];

export const table: Reader = {
  about: "a .csv file of path,label lines",
  endings: ENDINGS,
  takes: OF_IMAGE_FILES,
  recognises: ({ isFolder, path }) => !isFolder && endsAs(path, ENDINGS),
  load: (name, { path }, options) => loadTable(name, path, options),
};

/**
 * Loads the images that a CSV file names: columns `path`, `label` and, if it likes, `split` (`train` or `test`), in any
 * order under a header that names them (other columns are left out), or in this order without one. Paths are relative
 * to the file's folder, or absolute; spaces around fields are dropped. Images keep the order of the lines within their
 * class.
 * @throws DatadamError INVALID_DATA with the line
 */
async function loadTable(name: string, file: string, options: ResolvedOptions): Promise<Dataset> {
  const items = itemsOf(file, parseCsv(await readText(file), `"${file}"`));
  const layout = layoutOf(file, items);
  const there = await mapInOrder(
    items,
    async ({ path }) => (await stat(path).catch(() => undefined))?.isFile() ?? false,
  );
  const missing = items.filter((_, i) => !there[i]);
  if (missing.length > 0) {
    const some = missing.slice(0, SHOWN).map(({ line, path }) => `"${path}" (line ${line})`);
    const rest = missing.length > SHOWN ? ", ..." : "";
    throw invalid(
      `"${file}" names ${counted(missing.length, "file")} that ${missing.length === 1 ? "is" : "are"} ` +
        `not there: ${some.join(", ")}${rest}.`,
    );
  }
  const image = async (path: string) => {
    const bytes = await readRegular(path, LIMITS.imageBytes).catch((cause) => {
      throw new DatadamError("INVALID_DATA", `"${path}" cannot be read: ${cause.message}`, { cause });
    });
    return decodeImage(path, bytes, options.size);
  };
  return assemble({ name, root: file, layout, image, stamp: fileStamp }, options);
}

function itemsOf(file: string, rows: readonly CsvRow[]): Item[] {
  const header = (rows[0]?.fields ?? []).map((field) => field.trim().toLowerCase());
  const named = header.includes("path") && header.includes("label");
  const columns = named ? header : ["path", "label", "split"];
  const [path, label, split] = ["path", "label", "split"].map((column) => columns.indexOf(column));
  const folder = dirname(resolve(file));
  const first = new Map<string, number>();
  return rows.slice(named ? 1 : 0).map(({ line, fields }) => {
    const at = `Line ${line} of "${file}"`;
    const fits = named ? fields.length === columns.length : fields.length === 2 || fields.length === 3;
    if (!fits) throw invalid(`${at} has ${fields.length} fields, not ${named ? columns.length : "2 or 3"}.`);
    const values = fields.map((field) => field.trim());
    if (values[path] === "" || values[label] === "") throw invalid(`${at} has no ${values[path] ? "label" : "path"}.`);
    const part = values[split] ?? "train";
    if (part !== "train" && part !== "test") throw invalid(`${at} has the split "${part}", neither train nor test.`);
    const item = { line, path: resolve(folder, values[path]), label: values[label], test: part === "test" };
    const before = first.get(item.path);
    if (before !== undefined) throw invalid(`${at} names "${values[path]}", which line ${before} has named.`);
    first.set(item.path, line);
    return item;
  });
}

function layoutOf(file: string, items: readonly Item[]): Layout {
  const trained = items.filter(({ test }) => !test);
  if (trained.length === 0) throw invalid(`"${file}" names no image${items.length > 0 ? " for training" : ""}.`);
  const classNames = sortedClasses(trained.map(({ label }) => label));
  checkClassCount(file, classNames);
  const known = new Set(classNames);
  const other = items.find(({ label }) => !known.has(label));
  if (other !== undefined) {
    throw invalid(`Line ${other.line} of "${file}" has the label "${other.label}", which no training image has.`);
  }
  const part = (of: readonly Item[]) => {
    const paths = new Map(classNames.map((label) => [label, [] as string[]]));
    for (const { label, path } of of) paths.get(label)!.push(path);
    return [...paths.values()];
  };
  const test = trained.length < items.length ? part(items.filter((item) => item.test)) : undefined;
  return { classNames, train: part(trained), test, ignored: [] };
}

async function readText(file: string): Promise<string> {
  const bytes = await readRegular(file, LIMITS.tableBytes).catch((cause) => {
    throw unreadable(file, cause);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(`"${file}" is not UTF-8 text.`, cause);
  }
}

function invalid(message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, {
    cause,
    hint:
      "A table has a line path,label for every image, and may have a header and a third column, " +
      "split (train or test).",
  });
}
