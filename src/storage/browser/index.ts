// A browser's own storage: its file system for the site, or a database where that cannot replace files whole.

import { checkPath } from "../memory.ts";
import type { Storage } from "../types.ts";
import { indexedDb } from "./indexedDb.ts";
import { opfs } from "./opfs.ts";

export { indexedDb } from "./indexedDb.ts";
export { livingPages, thisPage } from "./locks.ts";
export { opfs } from "./opfs.ts";

/** A folder of this browser's storage for the site. */
export function browserStorage(path: string): Storage {
  const files = typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
  return files ? opfs(path) : indexedDb("datadam").at(checkPath(path));
}
