// Labels in a metadata.csv or metadata.jsonl beside the images, as Hugging Face's imagefolder has them.
// https://huggingface.co/docs/datasets/image_dataset

import { counted } from "../../../counted.ts";
import { DatadamError } from "../../../errors.ts";
import { isHidden, isImagePath } from "../../layout/formats.ts";
import { layoutOfItems } from "../../layout/items.ts";
import type { Layout } from "../../layout/layout.ts";
import { partOfPath } from "../../layout/words.ts";
import type { ResolvedOptions } from "../../options.ts";
import { itemsOf, lookUp } from "../table.ts";
import { type Line, readJsonLines, readTable, TABLE_HINT } from "./columns.ts";
import { Lookup } from "./lookup.ts";

/** Whether a path is that of such a file. */
export function isMetadata(path: string): boolean {
  return /(^|\/)metadata\.(csv|tsv|jsonl)$/i.test(path) && !isHidden(path);
}

/**
 * The layout that they make; undefined where there is none, or where none has labels. Paths are relative to the file's
 * folder; the part is what a column of the file says, else what the folders are called.
 * @param read gives the bytes of a file of the tree
 * @throws DatadamError INVALID_DATA with the file and the line
 */
export async function metadataLayout(
  root: string,
  files: readonly string[],
  read: (path: string) => Promise<Uint8Array>,
  options: ResolvedOptions,
): Promise<Layout | undefined> {
  const items = [];
  for (const file of files.filter(isMetadata).sort()) {
    const name = `"${root}/${file}"`;
    const lines = linesOf(file, new TextDecoder().decode(await read(file)), name, options);
    if (lines === undefined) continue;
    const base = file.slice(0, file.lastIndexOf("/") + 1);
    const below = files.filter((path) => path.startsWith(base)).map((path) => path.slice(base.length));
    const show = (path: string) => `${root}/${base}${path}`;
    const paths = lookUp(name, new Lookup(below), lines, undefined, show).map((path) => `${base}${path}`);
    for (const item of itemsOf(name, lines, paths)) {
      items.push({ ...item, part: item.part ?? partOfPath(item.path.slice(0, item.path.lastIndexOf("/") + 1)) });
    }
  }
  if (items.length === 0) return undefined;
  const layout = layoutOfItems(items, { root, hint: TABLE_HINT }, options);
  const named = new Set(items.map(({ path }) => path));
  const rest = files.filter((path) => isImagePath(path) && !named.has(path));
  if (rest.length > 0) {
    const [has, was] = rest.length === 1 ? ["has", "was"] : ["have", "were"];
    const some = rest.slice(0, 3).join(", ") + (rest.length > 3 ? ", ..." : "");
    options.onWarning(
      `${counted(rest.length, "image")} of "${root}" ${has} no label in the metadata and ${was} left out: ${some}`,
    );
  }
  return layout;
}

/** The lines; undefined where the file has no labels, such as one of captions. */
function linesOf(file: string, text: string, name: string, options: ResolvedOptions): Line[] | undefined {
  if (/\.jsonl$/i.test(file)) {
    const lines = readJsonLines(text, name, options);
    return lines.length === 0 ? undefined : lines;
  }
  try {
    return readTable(text, name, options);
  } catch (error) {
    const captions = error instanceof DatadamError && /none of them is of labels/.test(error.message);
    if (captions && options.labelColumn === undefined) return undefined;
    throw error;
  }
}
