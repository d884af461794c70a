// The files of a data set as its authors publish them: in a folder, in the folder that its archive unpacks to, or in
// the archive.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { readRegular, unreadable } from "../../storage/node/index.ts";
import { readArchive } from "../archives/archive.ts";
import { isLfsPointer, lfsPointer } from "../archives/archiveFile.ts";
import { archiveFiles, damaged, type FoundFile, notFound, type Published, requireFiles } from "./publishedSet.ts";

/** Folders further in that are looked into. */
const MAX_FOLDERS = 100;

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
    return yield* diskArchive(set, place, maxArchiveBytes);
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
    if ((await sizeOf(archive)) !== undefined) return yield* diskArchive(set, archive, maxArchiveBytes);
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

function diskArchive(set: Published, file: string, maxBytes: number): AsyncGenerator<FoundFile> {
  return archiveFiles(set, file, (options) => readArchive(file, { ...options, maxBytes }));
}

/** `undefined` where there is no file. */
async function sizeOf(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? info.size : undefined;
}
