// A storage in memory: for tests, for pages, and for work whose files nobody needs afterwards.

import { DatadamError } from "../errors.ts";
import type { Storage } from "./types.ts";

/** An empty storage in memory. @param name for messages. */
export function memory(name: string = "memory"): Storage {
  return within(new Map(), name, "");
}

function within(files: Map<string, Uint8Array>, name: string, prefix: string): Storage {
  const keyOf = (path: string): string => prefix + checkPath(path);
  const write = async (path: string, content: Uint8Array | string): Promise<void> => {
    files.set(keyOf(path), bytesOf(content));
  };
  return {
    name,
    async read(path) {
      return files.get(keyOf(path))?.slice();
    },
    async readAt(path, position, length) {
      const bytes = files.get(keyOf(path));
      if (bytes === undefined) throw new DatadamError("IO", `Cannot read ${name}/${path}: there is no such file`);
      return bytes.slice(position, position + length);
    },
    async size(path) {
      return files.get(keyOf(path))?.length;
    },
    async list(folder) {
      const inside = folder === undefined ? prefix : `${keyOf(folder)}/`;
      const names = [...files.keys()].filter((key) => key.startsWith(inside)).map((key) => key.slice(inside.length));
      return [...new Set(names.map((path) => path.replace(/\/.*/, "/")))].sort();
    },
    write,
    async create(path, content) {
      if (files.has(keyOf(path))) return false;
      await write(path, content);
      return true;
    },
    async append(path, content) {
      const added = bytesOf(content);
      const before = files.get(keyOf(path)) ?? new Uint8Array();
      const whole = new Uint8Array(before.length + added.length);
      whole.set(before);
      whole.set(added, before.length);
      files.set(keyOf(path), whole);
    },
    async remove(path) {
      const key = keyOf(path);
      for (const other of files.keys()) if (other === key || other.startsWith(`${key}/`)) files.delete(other);
    },
    async sweep() {},
    at: (folder) => within(files, `${name}/${folder}`, `${keyOf(folder)}/`),
  };
}

/** A copy: what the caller does to its array later is no matter. */
export function bytesOf(content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
}

/** @throws RangeError where a path is absolute, empty or leaves the storage. */
export function checkPath(path: string): string {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new RangeError(`not a path inside a storage: ${JSON.stringify(path)}`);
  }
  return path;
}
