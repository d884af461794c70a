// What CIFAR-10 and CIFAR-100 share: records of label bytes and the red, green and blue planes, and the same arrays
// pickled.
// https://www.cs.toronto.edu/~kriz/cifar.html

import { decodePickle, isNpyArray, type PickleValue } from "../../formats/index.ts";
import type { ImageSet, Normalization } from "../../images/types.ts";
import { quoted } from "../../quoted.ts";
import { inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import { damaged, decoded, type FoundFile, getHint, type Published } from "./publishedSet.ts";
import type { NamedSet } from "./set.ts";

const CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar.html";

const PIXELS = 3 * 32 * 32;

/** The images of one file. */
export interface Batch {
  readonly labels: Uint16Array;
  /** uint8 [n, 3, 32, 32] */
  readonly pixels: Uint8Array;
}

/** The files of one version of a set. */
export interface Version {
  readonly batches: readonly string[];
  /** The file of class names. */
  readonly names: string;
}

/** The files of both versions, and what is in them. */
export interface Versions {
  readonly binary: Version;
  readonly python: Version & {
    /** The key of the pickled class names. */
    readonly key: string;
  };
  readonly labels: Labels;
  /** How many images a binary file must have; by default as many as it holds. */
  readonly records?: number;
}

/** How a file names the classes of its images. */
export interface Labels {
  /** Label bytes before each image, and which of them counts. */
  readonly bytes: number;
  readonly byte: number;
  /** The key of the pickled list. */
  readonly key: string;
  /** Number of classes. */
  readonly classes: number;
}

/** Where a set lies. @param stem how its archives begin, such as `cifar-10` */
export function cifarFiles(
  stem: string,
  set: Pick<Published, "name" | "title" | "files" | "folders" | "maxFileBytes">,
): Published {
  const archives = [`${stem}-binary.tar.gz`, `${stem}-python.tar.gz`];
  return { ...set, archives, hint: getHint(archives.join(" or "), CIFAR_URL) };
}

/** What a set says of itself. @param download size and checksum of its archive of the binary version */
export function cifarFacts(
  { title, archives: [binary] }: Published,
  download: { readonly bytes: number; readonly md5: string },
): Pick<NamedSet, "about" | "counts" | "downloads"> {
  return {
    about: `${title}, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
    counts: [50_000, 10_000],
    downloads: [{ url: `https://www.cs.toronto.edu/~kriz/${binary}`, ...download }],
  };
}

/**
 * Reads the files that there are, of either version: batches and lists of class names by the name of their file.
 *
 * @throws DatadamError INVALID_DATA where a file is damaged, and what `files` throws
 */
export async function readCifar(
  set: Published,
  { binary, python, labels, records }: Versions,
  files: AsyncIterable<FoundFile>,
): Promise<{ batches: Map<string, Batch>; classNames: Map<string, string[]> }> {
  const batches = new Map<string, Batch>();
  const classNames = new Map<string, string[]>();
  for await (const file of files) {
    const { name } = file;
    if (name === binary.names) classNames.set(name, readNames(set, file, labels.classes));
    else if (name === python.names) classNames.set(name, readPickledNames(set, file, python.key, labels.classes));
    else if (binary.batches.includes(name)) batches.set(name, readRecords(set, file, labels, records));
    else if (python.batches.includes(name)) batches.set(name, readPickledBatch(set, file, labels));
  }
  return { batches, classNames };
}

/**
 * Reads records of the binary version.
 * @param records how many there must be; by default as many as the file holds
 * @throws DatadamError INVALID_DATA that names the file, and the byte of a wrong label
 */
function readRecords(set: Published, { path, bytes }: FoundFile, labels: Labels, records?: number): Batch {
  const size = labels.bytes + PIXELS;
  const count = records ?? Math.floor(bytes.length / size);
  if (bytes.length !== count * size || count === 0) {
    const needed = records === undefined ? `n * ${size}` : count * size;
    const whole = `a file of ${records?.toLocaleString("en") ?? "n"} records has ${needed}`;
    throw damaged(set, `"${path}" has ${bytes.length} bytes; ${whole}.`);
  }
  const batch = emptyBatch(count);
  for (let i = 0; i < count; i++) {
    const at = i * size + labels.byte;
    if (bytes[at] >= labels.classes) {
      throw damaged(
        set,
        `"${path}": the label of record ${i} (byte ${at}) is ${bytes[at]}, not 0 to ${labels.classes - 1}.`,
      );
    }
    batch.labels[i] = bytes[at];
    batch.pixels.set(bytes.subarray(i * size + labels.bytes, (i + 1) * size), i * PIXELS);
  }
  return batch;
}

/** Reads a batch of the Python version: a pickled dict with `data`, uint8 [n, 3072], and a list of labels. */
function readPickledBatch(set: Published, file: FoundFile, { key, classes }: Labels): Batch {
  const fields = readFields(set, file);
  const [data, labels] = [fields.get("data"), fields.get(key)];
  if (!isNpyArray(data) || data.dtype !== "u1" || data.shape.length !== 2 || data.shape[1] !== PIXELS) {
    const found = isNpyArray(data) ? `${data.dtype} [${data.shape}]` : "no array";
    throw damaged(set, `"${file.path}": "data" is ${found}, not u1 [n, ${PIXELS}].`);
  }
  const count = data.shape[0];
  if (!Array.isArray(labels) || labels.length !== count || count === 0) {
    const found = Array.isArray(labels) ? `${labels.length} labels` : "no list of labels";
    throw damaged(set, `"${file.path}": "${key}" holds ${found} for ${count} images.`);
  }
  const batch = emptyBatch(count);
  for (const [i, label] of labels.entries()) {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw damaged(set, `"${file.path}": the label of image ${i} is ${quoted(label)}, not 0 to ${classes - 1}.`);
    }
    batch.labels[i] = label;
  }
  batch.pixels.set(data.data);
  return batch;
}

/** Whether the files found are of the Python version alone. */
export function isPython(batches: ReadonlyMap<string, Batch>): boolean {
  return batches.size > 0 && ![...batches.keys()].some((name) => name.endsWith(".bin"));
}

/** Class names, a line each. @throws DatadamError INVALID_DATA where they are not `count` */
function readNames(set: Published, { path, bytes }: FoundFile, count: number): string[] {
  const names = new TextDecoder().decode(bytes).split(/\r?\n/).filter(Boolean);
  if (names.length !== count) throw damaged(set, `"${path}" has ${names.length} class names, not ${count}.`);
  return names;
}

/** Class names from the pickled dict that comes with the Python version. */
function readPickledNames(set: Published, file: FoundFile, key: string, count: number): string[] {
  const value = readFields(set, file).get(key);
  const names = (Array.isArray(value) ? value : []).map(text).filter((name) => name !== undefined);
  if (names.length !== count)
    throw damaged(set, `"${file.path}": "${key}" has ${names.length} class names, not ${count}.`);
  return names;
}

/** One part of a data set from its files, in their order. */
export function joinBatches(
  name: string,
  batches: readonly Batch[],
  classNames: readonly string[],
  normalization: Normalization,
): ImageSet {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const whole = batches.length === 1 ? batches[0] : emptyBatch(count);
  let at = 0;
  if (batches.length > 1) {
    for (const { labels, pixels } of batches) {
      whole.labels.set(labels, at);
      whole.pixels.set(pixels, at * PIXELS);
      at += labels.length;
    }
  }
  return inMemory({ name, count, shape: [3, 32, 32] as const, classNames, ...whole, normalization, flippable: true });
}

function emptyBatch(count: number): Batch {
  return { labels: sharedLabels(count), pixels: sharedBytes(count * PIXELS) };
}

/** A pickled dict. Its keys are text, or bytes where the file was written again by Python 3. */
function readFields(set: Published, file: FoundFile): ReadonlyMap<string, PickleValue> {
  const value = decoded(set, file, decodePickle);
  if (!(value instanceof Map)) throw damaged(set, `"${file.path}" holds no dict.`);
  return new Map([...value].map(([key, entry]) => [text(key) ?? "", entry]));
}

function text(value: PickleValue): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "string" ? value : undefined;
}
