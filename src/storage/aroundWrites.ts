// A storage whose writes go through a function.

import type { Storage } from "./types.ts";

/**
 * The same storage, and those below it.
 *
 * @param around does a write; `path`, from this storage on, is of a file that it makes or changes.
 */
export function aroundWrites(
  storage: Storage,
  around: <T>(write: () => Promise<T>, path?: string) => Promise<T>,
  prefix: string = "",
): Storage {
  return {
    name: storage.name,
    read: (path) => storage.read(path),
    readAt: (path, position, length) => storage.readAt(path, position, length),
    size: (path) => storage.size(path),
    list: (folder) => storage.list(folder),
    write: (path, content) => around(() => storage.write(path, content), prefix + path),
    create: (path, content) => around(() => storage.create(path, content), prefix + path),
    append: (path, content, options) => around(() => storage.append(path, content, options), prefix + path),
    remove: (path) => around(() => storage.remove(path)),
    sweep: (folder) => around(() => storage.sweep(folder)),
    at: (folder) => aroundWrites(storage.at(folder), around, `${prefix}${folder}/`),
  };
}
