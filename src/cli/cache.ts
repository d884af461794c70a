// Fitted whitening in the cache folder. Failing to use it is never an error.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PrepareCache } from "../images/index.ts";
import { ioError, writeAtomic } from "../run/index.ts";

export { cacheFolder } from "../data/index.ts";

/** @param warn told, once, that the folder cannot be written. */
export function createCache(folder: string, warn: (message: string) => void): PrepareCache {
  let warned = false;
  return {
    async get(key) {
      try {
        return new Uint8Array(readFileSync(join(folder, key)));
      } catch {
        return undefined;
      }
    },
    async put(key, bytes) {
      try {
        mkdirSync(folder, { recursive: true });
        writeAtomic(join(folder, key), bytes);
      } catch (error) {
        if (!warned) warn(`the cache is not used: ${ioError(error, `cannot create ${folder}`).message}`);
        warned = true;
      }
    },
  };
}
