// Image sets as Hugging Face's `datasets` writes them: Parquet files of an image column and a label column.
// https://huggingface.co/docs/hub/datasets-image

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { readOrSkip } from "../decode/corrupt.ts";
import { type DecodedImage, decodeImage, MAX_IMAGE_BYTES } from "../decode/decode.ts";
import type { Gathered } from "../decode/gather.ts";
import { checkMemory } from "../decode/pixels.ts";
import { isHidden } from "../layout/formats.ts";
import { type Item, layoutOfItems } from "../layout/items.ts";
import type { Part } from "../layout/layout.ts";
import { findColumn, type PartName, partOfPath } from "../layout/words.ts";
import { eachInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { damaged, openParquet, type ParquetColumn, type ParquetFile } from "../parquet/file.ts";
import { type ParquetValue, readPages } from "../parquet/pages.ts";
import { assemble } from "../store/assemble.ts";
import { decodeToMemory, onceSlow } from "../store/memory.ts";
import { picturesOf, warnOfPictures } from "./pictures.ts";
import { endsAs, OF_COLUMNS, type Reader } from "./reader.ts";

const IMAGES = ["image.bytes", "img.bytes", "image", "img"];
const LABELS = ["label", "fine_label", "coarse_label"];
const LABEL_TYPES = ["INT64", "INT32", "BYTE_ARRAY", "BOOLEAN", "DOUBLE", "FLOAT"];

/** Between a file and the number of a row, from 0. */
const ROW = ": row ";

/** A file of a set. */
interface Shard {
  readonly path: string;
  readonly part: PartName | undefined;
}

/** The labels of a file. */
interface Labels extends Shard {
  /** Of each row; undefined where it has none, or -1. */
  readonly labels: readonly (string | undefined)[];
  /** Of all classes in their order, where the file names them. */
  readonly classNames: readonly string[] | undefined;
}

const ENDINGS = [".parquet"];

export const parquet: Reader = {
  about: "a Parquet file of images and labels, or a folder of them, as Hugging Face exports them",
  endings: ENDINGS,
  takes: OF_COLUMNS,
  recognises: async (source) =>
    source.isFolder
      ? parquetsOf(await source.tree()).length > 0
      : source.kind === "Parquet" || endsAs(source.path, ENDINGS),
  async load(name, source, options) {
    const root = source.path;
    if (!source.isFolder) return loadParquet(name, root, [{ path: root, part: undefined }], options);
    const tree = await source.tree();
    warnOfPictures(tree, "Parquet files", options);
    const files = parquetsOf(tree).map((path) => ({ path: tree.where(path), part: partOfPath(path) }));
    return loadParquet(name, root, files, options);
  },
};

/** The Parquet files of a folder that holds no images of classes. Empty where there are none. */
function parquetsOf(tree: FileTree): string[] {
  const files = tree.files.filter((path) => /\.parquet$/i.test(path) && !isHidden(path));
  return files.length > 0 && picturesOf(tree) !== "classes" ? files.sort() : [];
}

/**
 * Loads one file, or all of a folder as one set. In a folder, what a file's name or a folder above it says
 * ({@link partOfPath}) is its part; one for validation or testing without labels is left out, aloud. The label is the
 * column `label`, else `fine_label`, else another usual name; the names of classes are those of the metadata, else the
 * labels.
 * @throws DatadamError IO, INVALID_DATA with the file, and the row where there is one
 */
async function loadParquet(
  name: string,
  root: string,
  files: readonly Shard[],
  options: ResolvedOptions,
): Promise<Dataset> {
  const items: Item[] = [];
  let [classNames, first]: [readonly string[] | undefined, string | undefined] = [undefined, undefined];
  const counters = new Map(files.map(({ path }) => [path, new Counter(options.maxArchiveBytes)]));
  for (const { path, part } of files) {
    const shard = await readLabels({ path, part }, options, counters.get(path)!);
    if (part !== undefined && part !== "train" && shard.labels.every((label) => label === undefined)) {
      options.onWarning(`The images of "${path}" have no labels and were left out`);
      continue;
    }
    if (first === undefined) [classNames, first] = [shard.classNames, path];
    else if (JSON.stringify(shard.classNames) !== JSON.stringify(classNames)) {
      throw invalid(`"${path}" names other classes than "${first}".`);
    }
    for (const [row, label] of shard.labels.entries()) {
      const where = `${path}${ROW}${row}`;
      if (label === undefined) throw invalid(`${where} has the label -1: it is not labelled.`);
      items.push({ path: where, label, part, where });
    }
  }
  const layout = layoutOfItems(items, { root, classNames, hint: HINT }, options);
  const gather = (parts: readonly Part[], channels: 1 | 3) =>
    decodeRows(root, parts, channels, files, counters, options);
  return assemble({ name, root, layout, gather }, options);
}

/** Counts what a file unpacks to. @throws Error above the limit */
class Counter {
  #total = 0;
  readonly #most: number;
  constructor(most: number) {
    this.#most = most;
  }
  readonly add = (bytes: number): void => {
    this.#total += bytes;
    if (this.#total > this.#most) throw new Error(`it unpacks to more than the limit of ${this.#most} bytes`);
  };
}

/** Reads the column of labels alone. */
async function readLabels({ path, part }: Shard, options: ResolvedOptions, { add }: Counter): Promise<Labels> {
  return withFile(path, async (file) => {
    imageColumn(file, options);
    const column = labelColumn(file, options);
    const classNames = namesOf(file, column.name);
    const labels: (string | undefined)[] = [];
    for await (const value of valuesOf(file, column, add)) {
      const row = labels.length;
      const tested = part !== undefined && part !== "train";
      if (value === undefined && !tested) throw invalid(`Row ${row} of "${path}" has no ${column.name}.`);
      const none = value === undefined || (value === -1 && (tested || classNames !== undefined));
      labels.push(none ? undefined : labelOf(path, row, value, column.type, classNames));
    }
    return { path, part, labels, classNames };
  });
}

/** Decodes the rows of the parts alone. */
async function decodeRows(
  root: string,
  parts: readonly Part[],
  channels: 1 | 3,
  files: readonly Shard[],
  counters: ReadonlyMap<string, Counter>,
  options: ResolvedOptions,
): Promise<Gathered> {
  const wanted = new Set(parts.flat(2));
  const inFiles = new Set(parts.flat(2).map((at) => at.slice(0, at.lastIndexOf(ROW))));
  checkMemory(root, wanted.size, [channels, options.size, options.size]);
  const images = new Map<string, DecodedImage | readonly [path: string, reason: string]>();
  const tell = onceSlow(options.onProgress);
  for (const { path } of files.filter(({ path }) => inFiles.has(path))) {
    await withFile(path, async (file) => {
      const rows = wantedRows(file, imageColumn(file, options), counters.get(path)!.add, wanted);
      const decode = async ([at, bytes]: readonly [string, Uint8Array]) =>
        [at, await readOrSkip(at, options.corrupt, () => decodeImage(at, bytes, options.size))] as const;
      for await (const [at, image] of eachInOrder(rows, decode)) {
        images.set(at, image);
        tell(images.size, wanted.size);
      }
    });
  }
  const image = async (at: string): Promise<DecodedImage> => {
    const decoded = images.get(at)!;
    if ("rgb" in decoded) return decoded;
    throw new DatadamError("INVALID_DATA", decoded[1]);
  };
  return decodeToMemory(parts, image, channels, options.size, options.corrupt);
}

async function* wantedRows(
  file: ParquetFile,
  column: ParquetColumn,
  unpacked: (bytes: number) => void,
  wanted: ReadonlySet<string>,
): AsyncGenerator<readonly [at: string, bytes: Uint8Array]> {
  let row = 0;
  for await (const bytes of valuesOf(file, column, unpacked)) {
    const at = `${file.path}${ROW}${row}`;
    if (wanted.has(at)) {
      if (!(bytes instanceof Uint8Array)) {
        throw invalid(`Row ${row} of "${file.path}" has no image bytes: its image lies elsewhere.`);
      }
      if (bytes.length > MAX_IMAGE_BYTES) throw new Error(`the image of row ${row} has ${bytes.length} bytes`);
      yield [at, bytes];
    }
    row++;
  }
}

/** The values of a column, row after row. */
async function* valuesOf(
  file: ParquetFile,
  column: ParquetColumn,
  unpacked: (bytes: number) => void,
): AsyncGenerator<ParquetValue> {
  for (const group of file.groups) {
    const chunk = group.chunks.get(column.name);
    if (chunk === undefined) throw new Error(`its row groups lack the column "${column.name}"`);
    for await (const page of readPages(file, column, chunk, group.rows, unpacked)) yield* page;
  }
}

async function withFile<T>(path: string, use: (file: ParquetFile) => Promise<T>): Promise<T> {
  const file = await openParquet(path);
  try {
    return await use(file);
  } catch (error) {
    throw damaged(path, error);
  } finally {
    await file.handle.close();
  }
}

/** The column of the bytes of images: the one that is named, else a usual one, else the only one of a struct. */
function imageColumn(file: ParquetFile, { imageColumn: given }: ResolvedOptions): ParquetColumn {
  const names = given === undefined ? IMAGES : [`${given}.bytes`, given];
  const structs = file.columns.filter(({ name, type }) => name.endsWith(".bytes") && type === "BYTE_ARRAY");
  const only = given === undefined && structs.length === 1 ? structs[0] : undefined;
  const column = named(file, names) ?? only;
  return checked(file, column, names, ["BYTE_ARRAY"], "imageColumn");
}

function labelColumn(file: ParquetFile, { labelColumn: given }: ResolvedOptions): ParquetColumn {
  const names = given === undefined ? LABELS : [given];
  const other =
    file.columns[
      findColumn(
        file.columns.map(({ name }) => name),
        "label",
        given,
      )
    ];
  return checked(file, named(file, names) ?? other, names, LABEL_TYPES, "labelColumn");
}

function named({ columns }: ParquetFile, names: readonly string[]): ParquetColumn | undefined {
  return names.map((name) => columns.find((one) => one.name === name)).find((one) => one !== undefined);
}

function checked(
  { path, columns }: ParquetFile,
  column: ParquetColumn | undefined,
  names: readonly string[],
  types: readonly string[],
  option: string,
): ParquetColumn {
  const there = columns.map(({ name, type }) => `${name} (${type})`).join(", ");
  const hint = `${HINT} \`${option}\` names another column.`;
  if (column === undefined) throw invalid(`"${path}" has no column ${names.join(" or ")}, only ${there}.`, hint);
  if (types.includes(column.type)) return column;
  throw invalid(`The column ${column.name} of "${path}" has the type ${column.type}, not ${types.join(" or ")}.`, hint);
}

/** `info.features.<column>.names` of the metadata; a name that is there twice gets its number. */
function namesOf({ path, metadata }: ParquetFile, column: string): readonly string[] | undefined {
  const json = metadata.get("huggingface");
  if (json === undefined) return undefined;
  let names: unknown;
  try {
    const value = JSON.parse(json) as { info?: { features?: Record<string, { names?: unknown } | null> } } | null;
    names = value?.info?.features?.[column]?.names;
  } catch (cause) {
    throw invalid(`The metadata "huggingface" of "${path}" is not JSON.`, HINT, cause);
  }
  if (names === undefined || names === null) return undefined;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && name !== "")) {
    throw invalid(`The class names of "${path}" are ${JSON.stringify(names).slice(0, 100)}, not a list of names.`);
  }
  const all = names as string[];
  if (new Set(all).size === all.length) return all;
  return all.map((name, c) => (all.indexOf(name) === all.lastIndexOf(name) ? name : `${name} (${c})`));
}

function labelOf(
  path: string,
  row: number,
  value: Uint8Array | number,
  type: string,
  names: readonly string[] | undefined,
): string {
  const at = `${path}${ROW}${row}`;
  if (typeof value !== "number") return new TextDecoder().decode(value);
  if (!Number.isInteger(value)) throw invalid(`${at} has the label ${value}, which is no whole number.`);
  if (type === "BOOLEAN") return String(value === 1);
  if (names === undefined) return String(value);
  if (value in names) return names[value];
  throw invalid(`${at} has the label ${value}, but there are ${names.length} class names.`);
}

const HINT =
  "A Parquet set has a column image (or img) with the bytes of image files, and a column label. " +
  "Leave unlabelled files out of the folder.";

function invalid(message: string, hint: string = HINT, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, { cause, hint });
}
