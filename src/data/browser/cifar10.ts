// CIFAR-10 as published, given to a page: its archive, the folder that it unpacks to, or one that holds either.

import type { TestedDataset } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { readTar } from "../archives/tar.ts";
import { CIFAR10, readCifar10 } from "../sets/cifar10Files.ts";
import { archiveFiles, damaged, type FoundFile } from "../sets/publishedSet.ts";
import type { GivenFile } from "./files.ts";

/** Endings of tar archives, all of which are taken for CIFAR-10's. */
const ARCHIVE = /\.(tar|tgz|tar\.gz)$/i;

const BATCH = /^(data|test)_batch/;
const BATCHES = 6;

/** Who is told, and what ends the reading. */
interface Reading {
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * CIFAR-10 as the disk's reader gives it; undefined where other files were given. One file is in memory at a time.
 *
 * @throws DatadamError DATASET_NOT_FOUND where a file is missing, INVALID_DATA
 */
export async function readGivenCifar10(
  files: readonly GivenFile[],
  reading: Reading,
): Promise<TestedDataset | undefined> {
  const found = folderOf(files);
  if (found !== undefined) return readCifar10(told(givenFiles(found.files), reading), found.name);
  const archive = files.length === 1 ? files.find(({ path }) => ARCHIVE.test(path)) : inside(files);
  if (archive === undefined) return undefined;
  const { path } = archive;
  const inner = archiveFiles(CIFAR10, path, (options) =>
    readTar(path, unpacked(archive), { ...options, maxBytes: LIMITS.archiveBytes }),
  );
  return readCifar10(told(inner, reading), path);
}

async function* told(files: AsyncIterable<FoundFile>, { onProgress, signal }: Reading): AsyncGenerator<FoundFile> {
  let done = 0;
  for await (const file of files) {
    signal?.throwIfAborted();
    yield file;
    if (BATCH.test(file.name)) onProgress(++done, BATCHES);
  }
}

/** The published archive in a folder. */
function inside(files: readonly GivenFile[]): GivenFile | undefined {
  return CIFAR10.archives
    .map((name) => files.find(({ path }) => path.split("/").length <= 2 && path.endsWith(name)))
    .find((file) => file !== undefined);
}

/** The first folder with files of the set, those that have the published names before all others. */
function folderOf(files: readonly GivenFile[]): { name: string; files: readonly GivenFile[] } | undefined {
  const batches = files.filter(({ path }) => BATCH.test(nameOf(path)) && isOfSet(path));
  const places = [...new Set(batches.map(({ path }) => path.slice(0, -nameOf(path).length)))].sort();
  const place = places.find((one) => CIFAR10.folders.includes(nameOf(one.slice(0, -1)))) ?? places[0];
  if (place === undefined) return undefined;
  const own = files.filter(({ path }) => path === place + nameOf(path) && isOfSet(path));
  return { name: place === "" ? "the files" : place.slice(0, -1), files: own };
}

async function* givenFiles(files: readonly GivenFile[]): AsyncGenerator<FoundFile> {
  for (const file of files) {
    const { path, size } = file;
    if (size > CIFAR10.maxFileBytes) {
      throw damaged(CIFAR10, `"${path}" has ${size} bytes, more than ${CIFAR10.maxFileBytes}.`);
    }
    yield { path, name: nameOf(path), bytes: await file.read() };
  }
}

/** The bytes of a tar archive, gzipped or not, a piece at a time. */
async function* unpacked(file: GivenFile): AsyncGenerator<Uint8Array> {
  const stream = await streamOf(file);
  const head = (await streamOf(file)).getReader();
  const [first, second] = (await head.read()).value ?? [];
  await head.cancel();
  const reader = (
    first === 0x1f && second === 0x8b ? stream.pipeThrough(new DecompressionStream("gzip")) : stream
  ).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function streamOf(file: GivenFile): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  return file.stream?.() ?? new Blob([await file.read()]).stream();
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const isOfSet = (path: string): boolean => CIFAR10.files.includes(nameOf(path));
