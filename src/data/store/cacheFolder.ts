// The folder of what takes long to compute. It may be deleted at any time.

import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** `DATADAM_CACHE`, else `~/.cache/datadam` (or under `XDG_CACHE_HOME`). */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.DATADAM_CACHE) return resolve(environment.DATADAM_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "datadam");
}
