// The files that a browser keeps for a site (OPFS, the origin private file system) as storage.

import { DatadamError } from "../../errors.ts";
import { checkPath } from "../memory.ts";
import type { Storage } from "../types.ts";
import { ioError } from "./errors.ts";
import { exclusively } from "./locks.ts";

/** Of a handle, what the types of this compiler lack. */
type Directory = FileSystemDirectoryHandle & {
  entries(): AsyncIterable<[name: string, handle: FileSystemHandle]>;
};

/** Tries to read a file that others replace again and again. */
const READS = 100;

/**
 * A folder of the site's own files. Files are replaced whole (`createWritable` writes aside), and created or added to
 * by one page or worker at a time (Web Locks).
 *
 * @param path of the folder, made when it is first written to.
 */
export function opfs(path: string): Storage {
  return within(`browser storage: ${path}`, checkPath(path).split("/"));
}

function within(name: string, root: readonly string[]): Storage {
  const place = (path: string): [folder: readonly string[], file: string] => {
    const parts = [...root, ...checkPath(path).split("/")];
    return [parts.slice(0, -1), parts.at(-1)!];
  };
  const attempt = async <T>(what: string, path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw ioError(`Cannot ${what} ${name}/${path}`, cause);
    }
  };
  const file = async (path: string): Promise<File | undefined> => {
    const [folder, last] = place(path);
    return attempt("read", path, async () => {
      const directory = await open(folder);
      const handle = directory && (await absent(directory.getFileHandle(last)));
      return handle && (await absent(handle.getFile()));
    });
  };
  /** Of a file, or a part of it. Where it is replaced meanwhile, what was opened is gone: the new one is opened. */
  const read = async (path: string, part = (whole: File): Blob => whole): Promise<Uint8Array | undefined> => {
    for (let left = READS; ; left--) {
      const found = await file(path);
      if (found === undefined) return undefined;
      try {
        return new Uint8Array(await part(found).arrayBuffer());
      } catch (cause) {
        const gone = ["NotReadableError", "NotFoundError"].includes((cause as DOMException).name);
        if (!gone || left === 0) throw ioError(`Cannot read ${name}/${path}`, cause);
      }
    }
  };
  const put = async (path: string, content: Uint8Array | string, keep: boolean): Promise<void> => {
    const [folder, last] = place(path);
    const handle = await (await make(folder)).getFileHandle(last, { create: true });
    const stream = await handle.createWritable({ keepExistingData: keep });
    if (keep) await stream.seek((await handle.getFile()).size);
    await stream.write(bytesOf(content));
    await stream.close();
  };
  const lockOf = (path: string): string => `${[...root, path].join("/")}`;
  return {
    name,
    read: (path) => read(path),
    async readAt(path, position, length) {
      const bytes = await read(path, (whole) => whole.slice(position, position + length));
      if (bytes === undefined) throw new DatadamError("IO", `Cannot read ${name}/${path}: there is no such file`);
      return bytes;
    },
    size: async (path) => (await file(path))?.size,
    list: (folder) =>
      attempt("list", folder ?? "", async () => {
        const directory = await open(folder === undefined ? root : [...root, ...checkPath(folder).split("/")]);
        const names: string[] = [];
        if (directory === undefined) return names;
        for await (const [entry, { kind }] of directory.entries()) names.push(kind === "file" ? entry : `${entry}/`);
        return names.sort();
      }),
    async write(path, content) {
      const bytes = bytesOf(content);
      place(path);
      await attempt("write", path, () => exclusively(lockOf(path), () => put(path, bytes, false)));
    },
    async create(path, content) {
      const bytes = bytesOf(content);
      return attempt("write", path, () =>
        exclusively(lockOf(path), async () => {
          if ((await file(path)) !== undefined) return false;
          await put(path, bytes, false);
          return true;
        }),
      );
    },
    async append(path, content) {
      const bytes = bytesOf(content);
      place(path);
      await attempt("write", path, () => exclusively(lockOf(path), () => put(path, bytes, true)));
    },
    async remove(path) {
      const [folder, last] = place(path);
      await attempt("remove", path, async () => {
        const directory = await open(folder);
        await (directory && absent(directory.removeEntry(last, { recursive: true })));
      });
    },
    // What was written aside by a page that is gone is the browser's, and not seen here.
    async sweep() {},
    at: (folder) => within(`${name}/${folder}`, [...root, ...checkPath(folder).split("/")]),
  };
}

/** A folder, or undefined where there is none. */
async function open(path: readonly string[]): Promise<Directory | undefined> {
  let at: FileSystemDirectoryHandle | undefined = await navigator.storage.getDirectory();
  for (const part of path) at = at && (await absent(at.getDirectoryHandle(part)));
  return at as Directory | undefined;
}

async function make(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
  let at = await navigator.storage.getDirectory();
  for (const part of path) at = await at.getDirectoryHandle(part, { create: true });
  return at;
}

/** What is asked for, or undefined where nothing of the kind is there. */
async function absent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const { name } = error as DOMException;
    if (name === "NotFoundError" || name === "TypeMismatchError") return undefined;
    throw error;
  }
}

/** A copy: what the caller does to its array later is no matter. */
function bytesOf(content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
}
