// A CSV file that names image files and their labels, one a line.

import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { readRegular, unreadable } from "../../storage/node/index.ts";
import { diskTree, fileStamp } from "../archives/tree.ts";
import { decodeImage } from "../decode/decode.ts";
import { type Item, layoutOfItems } from "../layout/items.ts";
import { mapInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { assemble } from "../store/assemble.ts";
import { endsAs, OF_COLUMNS, type Reader } from "./reader.ts";
import { type Line, readTable, TABLE_HINT } from "./tables/columns.ts";
import { Lookup } from "./tables/lookup.ts";

const SHOWN = 3; // files that a message names
/** How far below a table's folder files are looked for by their names. */
const DEPTH = 3;

const ENDINGS = [".csv", ".tsv"];

export const table: Reader = {
  about: "a .csv file of path,label lines",
  endings: ENDINGS,
  takes: OF_COLUMNS,
  recognises: ({ isFolder, path }) => !isFolder && endsAs(path, ENDINGS),
  load: (name, { path }, options) => loadTable(name, path, options),
};

/**
 * Loads the images that a CSV file names, see {@link readTable}. Paths are relative to the file's folder, or absolute;
 * files that are not there are looked for by their names in the folders below. Images keep the order of the lines
 * within their class.
 * @throws DatadamError INVALID_DATA with the line
 */
async function loadTable(name: string, file: string, options: ResolvedOptions): Promise<Dataset> {
  const folder = dirname(resolve(file));
  const lines = readTable(await readText(file), `"${file}"`, options);
  const paths = await mapInOrder(lines, async ({ path }) => {
    const full = resolve(folder, path);
    return (await stat(full).catch(() => undefined))?.isFile() ? full : undefined;
  });
  if (paths.includes(undefined)) await findByName(file, lines, paths, options);
  const items = itemsOf(`"${file}"`, lines, paths as string[]);
  const layout = layoutOfItems(items, { root: file, hint: TABLE_HINT }, options);
  const image = async (path: string) => {
    const bytes = await readRegular(path, LIMITS.imageBytes).catch((cause) => {
      throw new DatadamError("INVALID_DATA", `"${path}" cannot be read: ${cause.message}`, { cause });
    });
    return decodeImage(path, bytes, options.size);
  };
  return assemble({ name, root: file, layout, image, stamp: fileStamp }, options);
}

/** The items of lines whose files are known. @throws DatadamError INVALID_DATA where two lines name one file */
export function itemsOf(name: string, lines: readonly Line[], paths: readonly string[]): Item[] {
  const first = new Map<string, number>();
  return lines.map(({ line, path: given, label, part }, i) => {
    const before = first.get(paths[i]);
    const where = `Line ${line} of ${name}`;
    if (before !== undefined) throw invalid(`${where} names "${given}", which line ${before} has named.`);
    first.set(paths[i], line);
    return { path: paths[i], label, part, where };
  });
}

/** Fills in the paths that are missing. @throws DatadamError INVALID_DATA where one is not to be found */
async function findByName(
  file: string,
  lines: readonly Line[],
  paths: (string | undefined)[],
  { onWarning }: ResolvedOptions,
): Promise<void> {
  const folder = dirname(resolve(file));
  const tree = await diskTree(folder, DEPTH);
  const found = lookUp(
    `"${file}"`,
    new Lookup(tree.files),
    lines.map((line, i) => (paths[i] === undefined ? line : undefined)),
    basename(file).replace(/\.\w+$/, ""),
    (path) => resolve(folder, path),
  );
  const moved: string[] = [];
  for (const [i, path] of found.entries()) {
    if (path === undefined) continue;
    paths[i] = join(folder, path);
    const { path: given } = lines[i];
    if (given.normalize("NFC") !== path.normalize("NFC")) moved.push(`${given} as ${path}`);
  }
  if (moved.length === 0) return;
  const rest = moved.length > SHOWN ? ", ..." : "";
  const were = moved.length === 1 ? "was" : "were";
  onWarning(
    `${counted(moved.length, "file")} of "${file}" ${were} found by name: ${moved.slice(0, SHOWN).join(", ")}${rest}`,
  );
}

/**
 * The file of each line.
 * @param folder prefers a folder of that name where there are several
 * @param show how a message names what is missing
 * @throws DatadamError INVALID_DATA that names the first few lines whose files are not there, or not clear
 */
export function lookUp(
  name: string,
  lookup: Lookup,
  lines: readonly (Line | undefined)[],
  folder: string | undefined,
  show: (path: string) => string,
): (string | undefined)[] {
  const missing: Line[] = [];
  const found = lines.map((line) => {
    if (line === undefined) return undefined;
    const file = lookup.find(line.path, line.part ?? folder);
    if (file === undefined) missing.push(line);
    else if ("several" in file) {
      const files = file.several.slice(0, SHOWN).join(", ");
      throw invalid(`Line ${line.line} of ${name} names "${line.path}", which may be any of ${files}.`);
    }
    return file && "path" in file ? file.path : undefined;
  });
  if (missing.length === 0) return found;
  const some = missing.slice(0, SHOWN).map(({ line, path }) => `"${show(path)}" (line ${line})`);
  const rest = missing.length > SHOWN ? ", ..." : "";
  throw invalid(
    `${name} names ${counted(missing.length, "file")} that ${missing.length === 1 ? "is" : "are"} not there: ` +
      `${some.join(", ")}${rest}.`,
  );
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
  return new DatadamError("INVALID_DATA", message, { cause, hint: TABLE_HINT });
}
