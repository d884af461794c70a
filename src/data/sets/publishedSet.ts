// A data set as its authors publish it: its files by their names, and what messages say of them.

import { DatadamError } from "../../errors.ts";
import type { ArchiveEntry, TarOptions } from "../archives/tar.ts";

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

/** The files of a set in a tar archive. @param read gives its entries. */
export async function* archiveFiles(
  set: Published,
  file: string,
  read: (options: Omit<TarOptions, "maxBytes">) => AsyncIterable<ArchiveEntry>,
): AsyncGenerator<FoundFile> {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const want = (path: string) => set.files.includes(nameOf(path));
  const seen = new Set<string>();
  for await (const entry of read({ maxFileBytes: set.maxFileBytes, want })) {
    if (entry.folder || !want(entry.path)) continue;
    const [path, name] = [`${file}: ${entry.path}`, nameOf(entry.path)];
    if (seen.has(name)) throw damaged(set, `"${path}" is there twice.`);
    seen.add(name);
    yield { path, name, bytes: entry.bytes };
  }
}

/** The error of a set that is not where it was looked for. */
export function notFound(set: Published, message: string): DatadamError {
  return new DatadamError("DATASET_NOT_FOUND", message, { hint: set.hint });
}
