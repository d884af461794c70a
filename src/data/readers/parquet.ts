// Image sets as Hugging Face's `datasets` writes them: Parquet files of an image column and a label column.
// https://huggingface.co/docs/hub/datasets-image

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { type DecodedImage, decodeImage, MAX_IMAGE_BYTES } from "../decode/decode.ts";
import { checkMemory } from "../decode/pixels.ts";
import { sortedClasses } from "../layout/classNames.ts";
import { checkClassCount, isImagePath, TEST_NAMES } from "../layout/layout.ts";
import { mapInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { damaged, openParquet, type ParquetColumn, type ParquetFile, type ParquetGroup } from "../parquet/file.ts";
import { readPages } from "../parquet/pages.ts";
import { assemble } from "../store/assemble.ts";
import { endsAs, OF_IMAGE_FILES, type Reader } from "./reader.ts";

const IMAGES = ["image.bytes", "img.bytes", "image", "img"];
const LABELS = ["label", "fine_label", "coarse_label"];

/** A row. */
interface Example {
  /** The file and the row, from 0. */
  readonly path: string;
  readonly image: DecodedImage;
  readonly label: string;
}

/** The rows of a file. */
interface Shard {
  readonly path: string;
  readonly examples: readonly Example[];
  /** Of all classes in their order, where the file names them. */
  readonly classNames: readonly string[] | undefined;
}

const ENDINGS = [".parquet"];

export const parquet: Reader = {
  about: "a Parquet file of images and labels, or a folder of them, as Hugging Face exports them",
  endings: ENDINGS,
  takes: OF_IMAGE_FILES,
  recognises: async (source) =>
    source.isFolder
      ? parquetsOf(await source.tree()).length > 0
      : source.kind === "Parquet" || endsAs(source.path, ENDINGS),
  async load(name, source, options) {
    const root = source.path;
    if (!source.isFolder) return loadParquet(name, root, [{ path: root, words: [] }], options);
    const tree = await source.tree();
    const files = parquetsOf(tree).map((path) => ({ path: tree.where(path), words: wordsOf(path) }));
    return loadParquet(name, root, files, options);
  },
};

/** The Parquet files of a folder that holds no images. Empty where there are none. */
function parquetsOf(tree: FileTree): string[] {
  if (tree.files.some(isImagePath)) return [];
  return tree.files.filter((path) => /\.parquet$/i.test(path) && !/(^|\/)\./.test(path)).sort();
}

/**
 * Loads one file, or all of a folder as one set. In a folder, a word test, val, valid or validation in a path
 * (`test-00000-of-00001`) makes a file one of the test part; where there are several of these parts, the first that is
 * there is taken. The label is the column `label`, else `fine_label`, else `coarse_label`; its names are those of the
 * metadata, else the labels.
 * @throws DatadamError IO, INVALID_DATA with the file, and the row where there is one
 */
async function loadParquet(
  name: string,
  root: string,
  files: readonly { readonly path: string; readonly words: readonly string[] }[],
  options: ResolvedOptions,
): Promise<Dataset> {
  const partOf = (words: readonly string[]) => TEST_NAMES.find((part) => words.includes(part));
  const testName = TEST_NAMES.find((part) => files.some(({ words }) => partOf(words) === part));
  const taken = files.filter(({ words }) => partOf(words) === undefined || partOf(words) === testName);
  if (taken.length < files.length) {
    options.onWarning(
      `"${root}" has a ${testName} part, so ${files.length - taken.length} other test files were left out.`,
    );
  }
  const [train, test]: Example[][] = [[], []];
  let [classNames, first]: [readonly string[] | undefined, string] = [undefined, ""];
  for (const [i, { path, words }] of taken.entries()) {
    const shard = await readShard(path, options, train.length + test.length);
    if (i === 0) [classNames, first] = [shard.classNames, path];
    else if (JSON.stringify(shard.classNames) !== JSON.stringify(classNames)) {
      throw invalid(`"${path}" names other classes than "${first}".`);
    }
    const part = partOf(words) === undefined ? train : test;
    for (const example of shard.examples) part.push(example);
  }
  return assemble({ name, root, ...layoutOf(root, classNames, train, test, options) }, options);
}

/** The words of a path below the folder, in lower case. */
function wordsOf(path: string): string[] {
  return path.toLowerCase().split(/[^a-z]+/);
}

function layoutOf(
  root: string,
  known: readonly string[] | undefined,
  train: readonly Example[],
  test: readonly Example[],
  { onWarning }: ResolvedOptions,
) {
  if (train.length === 0) throw invalid(`"${root}" holds no images for training.`);
  const trained = new Set(train.map(({ label }) => label));
  const classNames = known?.filter((label) => trained.has(label)) ?? sortedClasses(trained);
  checkClassCount(root, classNames);
  const missing = (known ?? []).filter((label) => !trained.has(label));
  if (missing.length > 0) onWarning(`"${root}" has no training image of ${missing.join(", ")}: left out.`);
  const images = new Map<string, DecodedImage>();
  const part = (examples: readonly Example[]) => {
    const paths = new Map(classNames.map((label) => [label, [] as string[]]));
    for (const { path, image, label } of examples) {
      const classPaths = paths.get(label);
      if (classPaths === undefined) throw invalid(`${path} has the label "${label}", which no training image has.`);
      classPaths.push(path);
      images.set(path, image);
    }
    return [...paths.values()];
  };
  const layout = { classNames, train: part(train), test: test.length > 0 ? part(test) : undefined, ignored: [] };
  return { layout, image: async (path: string) => images.get(path)! };
}

/** @param before images in memory already, which count for the limit */
async function readShard(path: string, options: ResolvedOptions, before: number): Promise<Shard> {
  const file = await openParquet(path);
  try {
    const [image, label] = [pick(file, IMAGES, ["BYTE_ARRAY"]), pick(file, LABELS, ["INT64", "INT32", "BYTE_ARRAY"])];
    const rows = file.groups.reduce((sum, group) => sum + group.rows, 0);
    checkMemory(path, before + rows, [options.channels ?? 3, options.size, options.size]);
    const classNames = namesOf(file, label.name);
    const examples = await mapInOrder(rowsOf(file, image, label, options.maxArchiveBytes), async (row) => {
      const at = `${path}: row ${row.index}`;
      const name = labelOf(at, row.label, classNames);
      return { path: at, image: await decodeImage(at, row.bytes, options.size), label: name };
    });
    return { path, examples, classNames };
  } catch (error) {
    throw damaged(path, error);
  } finally {
    await file.handle.close();
  }
}

function pick({ path, columns }: ParquetFile, names: readonly string[], types: readonly string[]): ParquetColumn {
  const column = names.map((name) => columns.find((one) => one.name === name)).find((one) => one !== undefined);
  const there = columns.map(({ name, type }) => `${name} (${type})`).join(", ");
  if (column === undefined) throw invalid(`"${path}" has no column ${names.join(" or ")}, only ${there}.`);
  if (types.includes(column.type)) return column;
  throw invalid(`The column ${column.name} of "${path}" has the type ${column.type}, not ${types.join(" or ")}.`);
}

interface Row {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly label: string | number;
}

async function* rowsOf(
  file: ParquetFile,
  image: ParquetColumn,
  label: ParquetColumn,
  maxBytes: number,
): AsyncGenerator<Row> {
  let [index, total] = [0, 0];
  const unpacked = (bytes: number) => {
    total += bytes;
    if (total > maxBytes) throw new Error(`it unpacks to more than the limit of ${maxBytes} bytes`);
  };
  const pages = (group: ParquetGroup, column: ParquetColumn) => {
    const chunk = group.chunks.get(column.name);
    if (chunk === undefined) throw new Error(`its row groups lack the column "${column.name}"`);
    return readPages(file, column, chunk, group.rows, unpacked);
  };
  for (const group of file.groups) {
    const labels: (string | number)[] = [];
    for await (const page of pages(group, label)) {
      for (const value of page) {
        if (value === undefined) throw invalid(`Row ${index + labels.length} of "${file.path}" has no ${label.name}.`);
        labels.push(typeof value === "number" ? value : new TextDecoder().decode(value));
      }
    }
    let i = 0;
    for await (const page of pages(group, image)) {
      for (const bytes of page) {
        if (!(bytes instanceof Uint8Array)) {
          throw invalid(`Row ${index} of "${file.path}" has no image bytes: its image lies elsewhere.`);
        }
        if (bytes.length > MAX_IMAGE_BYTES) throw new Error(`the image of row ${index} has ${bytes.length} bytes`);
        yield { index: index++, bytes, label: labels[i++] };
      }
    }
  }
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
    throw invalid(`The metadata "huggingface" of "${path}" is not JSON.`, cause);
  }
  if (names === undefined || names === null) return undefined;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && name !== "")) {
    throw invalid(`The class names of "${path}" are ${JSON.stringify(names).slice(0, 100)}, not a list of names.`);
  }
  const all = names as string[];
  if (new Set(all).size === all.length) return all;
  return all.map((name, c) => (all.indexOf(name) === all.lastIndexOf(name) ? name : `${name} (${c})`));
}

function labelOf(at: string, label: string | number, names: readonly string[] | undefined): string {
  if (typeof label === "string" || names === undefined) return String(label);
  if (label in names) return names[label];
  if (label === -1) throw invalid(`${at} has the label -1: it is not labelled.`);
  throw invalid(`${at} has the label ${label}, but there are ${names.length} class names.`);
}

function invalid(message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, {
    cause,
    hint:
      "A Parquet set has a column image (or img) with the bytes of image files, and a column label. " +
      "Leave unlabelled files out of the folder.",
  });
}
