// The cache folder: what is dear to compute and may be deleted at any time. Failing to use it is never an error.

import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { PrepareCache } from "../images/index.ts";
import { ioError, writeAtomic } from "../run/index.ts";

/** `DATADAM_CACHE`, else `~/.cache/datadam` (or under `XDG_CACHE_HOME`). */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.DATADAM_CACHE) return resolve(environment.DATADAM_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "datadam");
}

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
