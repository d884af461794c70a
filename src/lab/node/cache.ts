// Fitted whitening in the cache folder. Failing to use it is never an error.

import { join } from "node:path";
import type { PrepareCache } from "../../images/index.ts";
import { folder, placeFile } from "../../storage/node/index.ts";

/** @param warn told, once, that the folder cannot be written. */
export function folderCache(path: string, warn: (message: string) => void): PrepareCache {
  const files = folder(path);
  let warned = false;
  return {
    get: (key) => files.read(key).catch(() => undefined),
    async put(key, bytes) {
      try {
        await placeFile(join(files.name, key), (storage, name) => storage.write(name, bytes));
      } catch (error) {
        if (!warned) warn(`the cache is not used: ${(error as Error).message}`);
        warned = true;
      }
    },
  };
}
