// Looks at everything in the cache: whether it is what was written.

import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isWholeEntry } from "../../images/index.ts";
import { errno, readError } from "../../storage/node/index.ts";
import { openAnyStore } from "./store.ts";

/** A file of the cache. */
export interface CachedFile {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** Images of a file of images. */
  readonly images?: number;
  /**
   * `half-made`: to be gone on with by the command that makes it. `damaged`: it was removed, and is made anew when it
   * is needed.
   */
  readonly state: "whole" | "half-made" | "damaged";
}

/**
 * Reads all decoded images and all whitening of a cache folder, and compares each with the checksum that was kept when
 * it was written. What is damaged is removed.
 *
 * @param onProgress told of bytes, of all files together.
 * @throws DatadamError IO where the folder cannot be read
 */
export async function verifyCache(
  folder: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<CachedFile[]> {
  const names = namesIn(folder).filter((name) => /^(images|zca)-/.test(name));
  const files = names.map((name) => ({ name, path: join(folder, name), bytes: bytesOf(join(folder, name)) }));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  const checked: CachedFile[] = [];
  for (const { name, path, bytes } of files) {
    if (name.endsWith(".partial")) checked.push({ path, bytes, state: "half-made" });
    else {
      const images = name.startsWith("images-")
        ? await imagesOf(path, (share) => onProgress(before + share * bytes, total))
        : undefined;
      const whole = name.startsWith("images-") ? images !== undefined : await isWholeEntry(readFileSync(path), name);
      if (!whole) rmSync(path, { force: true });
      checked.push({ path, bytes, ...(images !== undefined && { images }), state: whole ? "whole" : "damaged" });
    }
    before += bytes;
    onProgress(before, total);
  }
  return checked;
}

/** How many images a file has; undefined where one is not as it was written. */
async function imagesOf(path: string, onShare: (share: number) => void): Promise<number | undefined> {
  const store = openAnyStore(path);
  if (store === undefined) return undefined;
  const out = new Uint8Array(store.stride);
  const count = store.paths.length;
  try {
    for (let slot = 0; slot < count; slot++) {
      store.read(slot, out);
      if (slot % 1000 !== 0) continue;
      onShare(slot / count);
      // Signals and timers have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return count;
  } catch {
    return undefined;
  } finally {
    store.close();
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw readError(error, `Cannot list ${folder}`);
  }
}

/** Of a file, or of the files in a folder. */
function bytesOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
