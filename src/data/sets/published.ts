// The files of a data set as its authors publish them: in a folder, in the folder that its archive unpacks to, or in
// the archive.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { readRegular, unreadable } from "../../storage/node/index.ts";
import { readArchive } from "../archives/archive.ts";
import { isLfsPointer, lfsPointer } from "../archives/archiveFile.ts";

/** Folders further in that are looked into. */
const MAX_FOLDERS = 100;

/** Where a published set lies and how messages name it. */
export interface Published {
  /** e.g. `cifar10`. */
  readonly name: string;
  /** As its authors call it, e.g. `CIFAR-10`. */
  readonly title: string;
  /** The names of its files, needed or not. */
  readonly files: readonly string[];
  /** Folders below the user's place, looked into in this order before the place itself and any folder in it. */
  readonly folders: readonly string[];
  /** Tar archives in the user's place, looked for where no folder has a file. Empty: archives are not read. */
  readonly archives: readonly string[];
  /** Whether each file may be gzipped, its name followed by `.gz`. */
  readonly gzipped?: boolean;
  /** What else a file may be called. */
  readonly alias?: (name: string) => string;
  readonly maxFileBytes: number;
  /** Where to get it and how to name its place: see {@link getHint}. */
  readonly hint: string;
}

/** Says where a set comes from and how to say where it is. */
export function getHint(files: string, url: string): string {
  return `Get ${files} from ${url} and name it, or the folder it unpacks to, as \`dir\`.`;
}

/** One file. `path` is for messages. */
export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of a set that there are, each once, read one after the other.
 * @param place a folder or a tar archive
 * @throws DatadamError INVALID_OPTION without a place, DATASET_NOT_FOUND where there is nothing, INVALID_DATA where a
 *   file is too large or twice in an archive, or the archive is damaged
 */
export async function* publishedFiles(
  set: Published,
  place: string | undefined,
  maxArchiveBytes: number,
): AsyncGenerator<FoundFile> {
  if (place === undefined) {
    throw new DatadamError("INVALID_OPTION", `The data set ${set.name} needs to know where its files are.`, {
      hint: set.hint,
    });
  }
  const info = await stat(place).catch(() => undefined);
  if (info === undefined) throw notFound(set, `There is no file or folder "${place}".`);
  if (!info.isDirectory()) {
    if (set.archives.length === 0) throw notFound(set, `"${place}" is a file, not the folder that holds ${set.title}.`);
    return yield* archiveFiles(set, place, maxArchiveBytes);
  }
  const further = (await readdir(place, { withFileTypes: true }).catch(() => []))
    .filter((entry) => !entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
  const folders = [...new Set([...set.folders, "", ...further.slice(0, MAX_FOLDERS)])];
  for (const folder of folders.map((name) => join(place, name))) {
    let found = false;
    for await (const file of folderFiles(set, folder)) {
      found = true;
      yield file;
    }
    if (found) return;
  }
  for (const archive of set.archives.map((name) => join(place, name))) {
    if ((await sizeOf(archive)) !== undefined) return yield* archiveFiles(set, archive, maxArchiveBytes);
  }
}

/**
 * The files by name. @throws DatadamError as {@link publishedFiles} does, and DATASET_NOT_FOUND where one is missing
 */
export async function allFiles(
  set: Published,
  place: string | undefined,
  maxArchiveBytes: number,
): Promise<ReadonlyMap<string, FoundFile>> {
  const files = new Map<string, FoundFile>();
  for await (const file of publishedFiles(set, place, maxArchiveBytes)) files.set(file.name, file);
  requireFiles(set, place, set.files, files);
  return files;
}

/** @throws DatadamError DATASET_NOT_FOUND that names those of the `needed` files that were not found */
export function requireFiles(
  set: Published,
  place: string | undefined,
  needed: readonly string[],
  found: Pick<ReadonlyMap<string, unknown>, "has">,
): void {
  const missing = needed.filter((name) => !found.has(name));
  if (missing.length > 0) throw notFound(set, `"${place}" does not hold ${set.title}: ${missing.join(", ")} missing.`);
}

/** The error of a file that is not as it must be. */
export function damaged(set: Published, message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, { cause, hint: `It may be cut off or damaged. ${set.hint}` });
}

/** What `decode` gives, its errors with the path before them. */
export function decoded<T>(set: Published, { path, bytes }: FoundFile, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(bytes);
  } catch (cause) {
    if (cause instanceof DatadamError) throw damaged(set, `"${path}": ${cause.message}`, cause);
    throw cause;
  }
}

/** The files of a folder, each by its name or its alias, gzipped or not, or in a folder of its own name. */
async function* folderFiles(set: Published, folder: string): AsyncGenerator<FoundFile> {
  for (const name of set.files) {
    const names = [name, ...(set.alias === undefined ? [] : [set.alias(name)])];
    const packed = names.flatMap((one) => (set.gzipped ? [one, `${one}.gz`] : [one]));
    const inner = names.flatMap((one) => packed.map((file) => join(folder, one, file)));
    for (const path of [...packed.map((one) => join(folder, one)), ...inner]) {
      const size = await sizeOf(path);
      if (size === undefined) continue;
      if (size > set.maxFileBytes) throw damaged(set, `"${path}" has ${size} bytes, more than ${set.maxFileBytes}.`);
      const bytes = await readRegular(path, set.maxFileBytes).catch((cause) => {
        throw unreadable(path, cause);
      });
      if (isLfsPointer(Buffer.from(bytes.subarray(0, 64)).toString("latin1"))) throw lfsPointer(path);
      yield { path, name, bytes };
      break;
    }
  }
}

async function* archiveFiles(set: Published, file: string, maxBytes: number): AsyncGenerator<FoundFile> {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const want = (path: string) => set.files.includes(nameOf(path));
  const seen = new Set<string>();
  for await (const entry of readArchive(file, { maxBytes, maxFileBytes: set.maxFileBytes, want })) {
    if (entry.folder || !want(entry.path)) continue;
    const [path, name] = [`${file}: ${entry.path}`, nameOf(entry.path)];
    if (seen.has(name)) throw damaged(set, `"${path}" is there twice.`);
    seen.add(name);
    yield { path, name, bytes: entry.bytes };
  }
}

/** `undefined` where there is no file. */
async function sizeOf(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? info.size : undefined;
}

function notFound(set: Published, message: string): DatadamError {
  return new DatadamError("DATASET_NOT_FOUND", message, { hint: set.hint });
}
