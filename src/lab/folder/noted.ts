// A storage that notes what is written through it.

import type { Storage } from "../../storage/index.ts";

/** The same storage; paths of files that it makes or changes are added to `written`. */
export function noted(storage: Storage, written: Set<string>, prefix: string = ""): Storage {
  const note = (path: string): string => {
    written.add(`${prefix}${path}`);
    return path;
  };
  return {
    name: storage.name,
    read: (path) => storage.read(path),
    readAt: (path, position, length) => storage.readAt(path, position, length),
    size: (path) => storage.size(path),
    list: (folder) => storage.list(folder),
    write: (path, content) => storage.write(note(path), content),
    create: (path, content) => storage.create(note(path), content),
    append: (path, content, options) => storage.append(note(path), content, options),
    remove: (path) => storage.remove(path),
    sweep: (folder) => storage.sweep(folder),
    at: (folder) => noted(storage.at(folder), written, `${prefix}${folder}/`),
  };
}
