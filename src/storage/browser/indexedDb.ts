// A database of the browser (IndexedDB) as storage: for browsers whose file system cannot replace files whole.

import { DatadamError } from "../../errors.ts";
import { checkPath } from "../memory.ts";
import type { Storage } from "../types.ts";
import { ioError } from "./errors.ts";

const FILES = "files";
/** Greater than every character of a path. */
const END = "\uffff";

/** Files by path in a database of this name. Each write is one transaction. */
export function indexedDb(name: string): Storage {
  let opened: Promise<IDBDatabase> | undefined;
  const database = (): Promise<IDBDatabase> => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(FILES);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  };
  /** Works in a transaction; gives what `work` passes to `done` once all of it is written. */
  const transact = async <T>(
    what: string,
    mode: IDBTransactionMode,
    work: (files: IDBObjectStore, done: (result: T) => void) => void,
  ): Promise<T> => {
    try {
      const transaction = (await database()).transaction(FILES, mode, { durability: "strict" });
      return await new Promise<T>((resolve, reject) => {
        let result: T;
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore(FILES), (given) => {
          result = given;
        });
      });
    } catch (cause) {
      throw ioError(what, cause);
    }
  };
  return within(`browser database: ${name}`, "", transact);
}

type Transact = <T>(
  what: string,
  mode: IDBTransactionMode,
  work: (files: IDBObjectStore, done: (result: T) => void) => void,
) => Promise<T>;

function within(name: string, prefix: string, transact: Transact): Storage {
  const keyOf = (path: string): string => prefix + checkPath(path);
  const read = (path: string): Promise<Uint8Array | undefined> => {
    const key = keyOf(path);
    return transact(`Cannot read ${name}/${path}`, "readonly", (files, done) => {
      const request = files.get(key);
      request.onsuccess = () => done(request.result);
    });
  };
  const change = <T>(
    path: string,
    content: Uint8Array | string,
    work: (files: IDBObjectStore, key: string, bytes: Uint8Array, done: (result: T) => void) => void,
  ): Promise<T> => {
    const [key, bytes] = [keyOf(path), bytesOf(content)];
    return transact(`Cannot write ${name}/${path}`, "readwrite", (files, done) => work(files, key, bytes, done));
  };
  return {
    name,
    read: async (path) => read(path),
    async readAt(path, position, length) {
      const bytes = await read(path);
      if (bytes === undefined) throw new DatadamError("IO", `Cannot read ${name}/${path}: there is no such file`);
      return bytes.slice(position, position + length);
    },
    size: async (path) => (await read(path))?.length,
    async list(folder) {
      const inside = folder === undefined ? prefix : `${keyOf(folder)}/`;
      const keys = await transact<IDBValidKey[]>(`Cannot list ${name}`, "readonly", (files, done) => {
        const request = files.getAllKeys(IDBKeyRange.bound(inside, inside + END));
        request.onsuccess = () => done(request.result);
      });
      const names = keys.map((key) => (key as string).slice(inside.length).replace(/\/.*/, "/"));
      return [...new Set(names)].sort();
    },
    write: async (path, content) =>
      change<void>(path, content, (files, key, bytes) => {
        files.put(bytes, key);
      }),
    create: async (path, content) =>
      change<boolean>(path, content, (files, key, bytes, done) => {
        const request = files.count(key);
        request.onsuccess = () => {
          if (request.result === 0) files.put(bytes, key);
          done(request.result === 0);
        };
      }),
    append: async (path, content) =>
      change<void>(path, content, (files, key, bytes) => {
        const request = files.get(key);
        request.onsuccess = () => {
          const before: Uint8Array = request.result ?? new Uint8Array();
          const whole = new Uint8Array(before.length + bytes.length);
          whole.set(before);
          whole.set(bytes, before.length);
          files.put(whole, key);
        };
      }),
    async remove(path) {
      const key = keyOf(path);
      await transact<void>(`Cannot remove ${name}/${path}`, "readwrite", (files) => {
        files.delete(key);
        files.delete(IDBKeyRange.bound(`${key}/`, `${key}/${END}`));
      });
    },
    async sweep() {},
    at: (folder) => within(`${name}/${folder}`, `${keyOf(folder)}/`, transact),
  };
}

/** A copy: what the caller does to its array later is no matter. */
function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
}
