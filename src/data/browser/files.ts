// Files that a person gives to a page, as a folder or as one zip: listed, and read one after the other.

import { DatadamError } from "../../errors.ts";
import { readZip } from "../../formats/index.ts";
import { LIMITS } from "../../limits.ts";
import { normalPath, refused } from "../archives/paths.ts";

/** A file of a page: `path` is relative to what was given, with `/`. */
export interface GivenFile {
  readonly path: string;
  readonly size: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** The same a piece at a time, for what is large. Default: by {@link read}. */
  stream?(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What was given: paths are those below its folder, or in its zip. */
export interface OpenedFiles {
  /** Of the folder or zip. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Reads files in any order, each once. */
  read(wanted: ReadonlySet<string>, take: (path: string, bytes: Uint8Array) => Promise<void>): Promise<void>;
}

/** A page holds a zip in memory. */
const ZIP_BYTES = 2 ** 31 - 2 ** 20;

/**
 * Opens what was given.
 *
 * @param options.listed which files of a zip are listed. Default: all.
 * @param options.maxFileBytes the most bytes of a file that is read.
 * @throws DatadamError DATASET_NOT_FOUND where nothing was given, INVALID_DATA
 */
export async function openFiles(
  files: readonly GivenFile[],
  options: { readonly listed?: (path: string) => boolean; readonly maxFileBytes: number },
): Promise<OpenedFiles> {
  const [first] = files;
  if (first === undefined) throw new DatadamError("DATASET_NOT_FOUND", "No files were given.");
  const { listed = () => true, maxFileBytes } = options;
  if (files.length === 1 && /\.zip$/i.test(first.path)) return openZip(first, listed, maxFileBytes);
  const [top] = first.path.split("/");
  const inside = files.every(({ path }) => path.startsWith(`${top}/`));
  const byPath = new Map(files.map((file) => [inside ? file.path.slice(top.length + 1) : file.path, file]));
  return {
    name: inside ? top : "the files",
    paths: [...byPath.keys()],
    async read(wanted, take) {
      for (const path of wanted) {
        const file = byPath.get(path)!;
        if (file.size > maxFileBytes) {
          throw new DatadamError("INVALID_DATA", `"${path}" has ${file.size} bytes, more than ${maxFileBytes}.`);
        }
        await take(path, await file.read());
      }
    },
  };
}

async function openZip(file: GivenFile, listed: (path: string) => boolean, maxFileBytes: number): Promise<OpenedFiles> {
  const { path: archive } = file;
  if (file.size > ZIP_BYTES)
    throw refused(archive, "it is larger than a page can hold; unpack it, and give the folder");
  const packed = await file.read();
  /** As its directory has them, by the paths that they stand for. */
  const names = new Map<string, string>();
  const list = (name: string): boolean => {
    const path = normalPath(archive, name);
    if (listed(path)) names.set(path, name);
    return false;
  };
  const walk = (want: (name: string) => boolean, check?: (name: string, size: number) => void) =>
    readZip(packed, { maxBytes: LIMITS.archiveBytes, want, ...(check && { check }) });
  walk(list).next();
  return {
    name: archive.replace(/\.zip$/i, ""),
    paths: [...names.keys()],
    async read(wanted, take) {
      const paths = new Map([...wanted].map((path) => [names.get(path)!, path]));
      const check = (name: string, size: number): void => {
        if (size > maxFileBytes) throw refused(archive, `"${name}" has more than ${maxFileBytes} bytes`);
      };
      for (const { name, data } of walk((name) => paths.has(name), check)) await take(paths.get(name)!, data);
    },
  };
}
