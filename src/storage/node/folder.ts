// A folder of the disk as a storage.

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";

import { link, mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkPath } from "../memory.ts";
import type { Storage } from "../types.ts";
import { errno, ioError, readError } from "./errors.ts";
import { flush as flushFile, flushFolder } from "./flush.ts";

import { openRegular, readRegular } from "./regularFile.ts";

/** Marks files that were being written; what is left of them after a kill is swept. */
const PARTIAL = ".partial-";
/** How often a file is written again that was swept. */
const RETRIES = 10;

/** A folder, which is made with the first file. @param path relative ones are taken from the current folder */
export function folder(path: string): Storage {
  return within(resolve(path), new Set());
}

/**
 * @param made folders that this storage made, which go again with their last file.
 * @param anchor a folder that is never made.
 */
function within(root: string, made: Set<string>, anchor?: string): Storage {
  const pathOf = (path: string): string => join(root, checkPath(path));
  return {
    name: root,
    async read(path) {
      const file = pathOf(path);
      try {
        return await readRegular(file, Number.MAX_SAFE_INTEGER);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw readError(error, `Cannot read ${file}`);
      }
    },
    async readAt(path, position, length) {
      const file = pathOf(path);
      try {
        const handle = await openRegular(file);
        try {
          const bytes = new Uint8Array(length);
          const { bytesRead } = await handle.read(bytes, 0, length, position);
          return bytes.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw readError(error, `Cannot read ${file}`);
      }
    },
    async size(path) {
      const file = pathOf(path);
      try {
        const found = await stat(file);
        return found.isFile() ? found.size : undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw readError(error, `Cannot read ${file}`);
      }
    },
    async list(path) {
      const directory = path === undefined ? root : pathOf(path);
      try {
        const entries = await readdir(directory, { withFileTypes: true });
        return entries
          .filter((entry) => !entry.name.startsWith(PARTIAL))
          .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw readError(error, `Cannot list ${directory}`);
      }
    },
    async write(path, content) {
      const file = pathOf(path);
      await makeFolder(dirname(file), made, anchor);
      await writeAside(file, content, (temporary) => rename(temporary, file));
    },
    async create(path, content) {
      const file = pathOf(path);
      await makeFolder(dirname(file), made, anchor);
      return writeAside(file, content, async (temporary) => {
        try {
          await link(temporary, file);
        } catch (error) {
          if (errno(error) === "EEXIST") return false;
          // No hard links here (FAT, some network shares): nearly as good.
          await writeNew(file, content);
        }
        await rm(temporary, { force: true });
        return true;
      });
    },
    async append(path, content, { flush = false } = {}) {
      const file = pathOf(path);
      await makeFolder(dirname(file), made, anchor);
      try {
        const handle = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
        try {
          if (content.length > 0) await handle.appendFile(content);
          if (flush) await flushFile(handle);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw ioError(error, `Cannot write ${file}`);
      }
    },
    async remove(path) {
      const file = pathOf(path);
      try {
        await rm(file, { recursive: true, force: true });
      } catch (error) {
        throw ioError(error, `Cannot remove ${file}`);
      }
      for (let above = dirname(file); made.has(above); above = dirname(above)) {
        // One that still holds something stays.
        if (
          !(await rmdir(above).then(
            () => true,
            () => false,
          ))
        )
          break;
        made.delete(above);
      }
    },
    async sweep(path) {
      const directory = path === undefined ? root : pathOf(path);
      const names = await readdir(directory).catch(() => []);
      for (const name of names) if (name.startsWith(PARTIAL)) await rm(join(directory, name), { force: true });
    },
    at: (path) => within(pathOf(path), made, anchor),
    anchored: () => within(root, made, root),
  };
}

/**
 * Writes a file beside its place, flushes it to the disk and puts it in place. On failure nothing is left of it.
 *
 * A process that sweeps the folder at the same time may remove what is half-written: then it is written again.
 */
async function writeAside<T>(
  file: string,
  content: Uint8Array | string,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  for (let left = RETRIES; ; left--) {
    const temporary = join(dirname(file), `${PARTIAL}${randomBytes(6).toString("hex")}`);
    try {
      await writeNew(temporary, content);
      const placed = await place(temporary);
      if (placed === false) await rm(temporary, { force: true });
      await flushFolder(dirname(file));
      return placed;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      if (errno(error) === "EEXIST") return false as T;
      if (errno(error) === "ENOENT" && left > 0 && (await isFolder(dirname(file)))) continue;
      throw ioError(error, `Cannot write ${file}`);
    }
  }
}

/** Writes a file that is not there yet, and flushes it. */
async function writeNew(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(content);
    await flushFile(handle);
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it that are missing. */
async function makeFolder(directory: string, made: Set<string>, anchor: string | undefined): Promise<void> {
  try {
    // Step by step: a recursive mkdir on a read-only file system fails with ENOENT.
    const missing: string[] = [];
    for (let path = directory; !(await isFolder(path)); path = dirname(path)) {
      if (path === anchor) throw Object.assign(new Error(`${path} is gone`), { code: "ENOENT" });
      missing.unshift(path);
    }
    for (const path of missing) {
      try {
        await mkdir(path);
        made.add(path);
      } catch (error) {
        // Another process may make the same folder at the same time: shards often share their parent.
        if (!(await isFolder(path))) throw error;
      }
    }
  } catch (error) {
    throw ioError(error, `Cannot create ${directory}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errno(error) === "ENOENT" && dirname(path) !== path) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errno(error) ?? "");
}
