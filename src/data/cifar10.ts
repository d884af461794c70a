// CIFAR-10 in its official binary form: six files of 10,000 records, each a label byte and the red, green and blue planes.
// https://www.cs.toronto.edu/~kriz/cifar.html

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import type { ImageSet, TestedDataset } from "../images/types.ts";
import { readArchive } from "./archive.ts";
import { inMemory, sharedBytes, sharedLabels } from "./pixels.ts";

/** Where CIFAR-10 comes from. */
export const CIFAR10_URL: string = "https://www.cs.toronto.edu/~kriz/cifar.html";

const TRAIN_FILES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
const FILES = [...TRAIN_FILES, "test_batch.bin"];
const NAMES_FILE = "batches.meta.txt";
const PIXELS = 3 * 32 * 32;
const RECORD = 1 + PIXELS;
const RECORDS = 10_000;
const FILE_BYTES = RECORDS * RECORD;
const CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/** The constants that dataset distillation code uses, the authors' among it. */
const NORMALIZATION = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] };

const HINT = `Get the binary version, cifar-10-binary.tar.gz, from ${CIFAR10_URL} and name it, or the folder it unpacks to, with --data-dir.`;

/**
 * @param dir the folder that holds the six files or `cifar-10-batches-bin/`, or `cifar-10-binary.tar.gz`, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged
 */
export async function loadCifar10(dir: string | undefined, maxArchiveBytes: number): Promise<TestedDataset> {
  if (dir === undefined) {
    throw new DatadamError("INVALID_OPTION", "The data set cifar10 needs to know where its files are.", { hint: HINT });
  }
  const info = await stat(dir).catch(() => undefined);
  if (info === undefined) throw notFound(`There is no file or folder "${dir}".`);
  const train = emptySet("cifar10/train", TRAIN_FILES.length * RECORDS);
  const test = emptySet("cifar10/test", RECORDS);
  let classNames = CLASS_NAMES;
  const seen = new Set<string>();
  for await (const [path, name, bytes] of info.isDirectory() ? folderFiles(dir) : archiveFiles(dir, maxArchiveBytes)) {
    if (seen.has(name)) throw invalid(`"${path}" is there twice.`);
    seen.add(name);
    if (name === NAMES_FILE) classNames = readNames(path, bytes);
    else if (name === "test_batch.bin") place(path, bytes, test, 0);
    else place(path, bytes, train, TRAIN_FILES.indexOf(name) * RECORDS);
  }
  const missing = FILES.filter((name) => !seen.has(name));
  if (missing.length > 0) throw notFound(`"${dir}" does not hold CIFAR-10: ${missing.join(", ")} missing.`);
  return { name: "cifar10", train: { ...train, classNames }, test: { ...test, classNames } };
}

function emptySet(name: string, count: number): ImageSet {
  const memory = { labels: sharedLabels(count), pixels: sharedBytes(count * PIXELS) };
  const shape = [3, 32, 32] as const;
  return inMemory({
    name,
    count,
    shape,
    classNames: CLASS_NAMES,
    ...memory,
    normalization: NORMALIZATION,
    flippable: true,
  });
}

async function* folderFiles(dir: string): AsyncGenerator<[path: string, name: string, bytes: Uint8Array]> {
  const inner = join(dir, "cifar-10-batches-bin");
  const folder = (await stat(inner).catch(() => undefined))?.isDirectory() ? inner : dir;
  for (const name of [...FILES, NAMES_FILE]) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    if (name !== NAMES_FILE) checkLength(path, info.size);
    const bytes = await readFile(path).catch((cause) => {
      throw new DatadamError("IO", `"${path}" cannot be read: ${cause.message}`, { cause });
    });
    yield [path, name, bytes];
  }
}

async function* archiveFiles(
  file: string,
  maxBytes: number,
): AsyncGenerator<[path: string, name: string, bytes: Uint8Array]> {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const want = (path: string) => FILES.includes(nameOf(path)) || nameOf(path) === NAMES_FILE;
  for await (const { path, folder, bytes } of readArchive(file, { maxBytes, maxFileBytes: FILE_BYTES * 2, want })) {
    if (!folder && want(path)) yield [`${file}: ${path}`, nameOf(path), bytes];
  }
}

function place(path: string, bytes: Uint8Array, set: ImageSet, first: number): void {
  checkLength(path, bytes.length);
  for (let i = 0; i < RECORDS; i++) {
    const at = i * RECORD;
    if (bytes[at] > 9) throw invalid(`"${path}": the label of record ${i} (byte ${at}) is ${bytes[at]}, not 0 to 9.`);
    set.labels[first + i] = bytes[at];
    set.pixels.set(bytes.subarray(at + 1, at + RECORD), (first + i) * PIXELS);
  }
}

function checkLength(path: string, length: number): void {
  if (length === FILE_BYTES) return;
  throw invalid(`"${path}" has ${length} bytes; a file of 10,000 records has ${FILE_BYTES}.`);
}

function readNames(path: string, bytes: Uint8Array): string[] {
  const names = new TextDecoder().decode(bytes).split(/\r?\n/).filter(Boolean);
  if (names.length !== 10) throw invalid(`"${path}" has ${names.length} class names, not 10.`);
  return names;
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint: `It may be cut off or damaged. ${HINT}` });
}

function notFound(message: string): DatadamError {
  return new DatadamError("DATASET_NOT_FOUND", message, { hint: HINT });
}
