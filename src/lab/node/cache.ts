// Fitted whitening in the cache folder. Failing to use it is never an error.

import { join } from "node:path";
import type { PrepareCache } from "../../images/index.ts";
import { folder, placeFile, sweepBeside } from "../../storage/node/index.ts";

/** @param warn told, once, that the folder cannot be written. */
export function folderCache(path: string, warn: (message: string) => void): PrepareCache {
  const files = folder(path);
  let warned = false;
  return {
    async get(key) {
      try {
        const bytes = await files.read(key);
        if (bytes !== undefined) await sweepBeside(join(files.name, key));
        return bytes;
      } catch {
        return undefined;
      }
    },
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
