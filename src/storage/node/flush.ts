// Makes sure that what was written survives a loss of power, where the file system can do that at all.

import { closeSync, fsyncSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { errno } from "./errors.ts";

/** Of file systems that know no flushing (FUSE, some network shares): what was written is there all the same. */
const UNKNOWN = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOTTY"]);

/** @param options.data true where the size is all that may have changed beside the content. Default false. */
export async function flush(file: FileHandle, { data = false } = {}): Promise<void> {
  await (data ? file.datasync() : file.sync()).catch(passUnknown);
}

/** As {@link flush}. @param file a descriptor */
export function flushSync(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    passUnknown(error);
  }
}

/** Of a folder: its names. Some systems cannot; a rename itself is still whole or absent. */
export async function flushFolder(folder: string): Promise<void> {
  await open(folder, "r")
    .then((handle) => handle.sync().finally(() => handle.close()))
    .catch(() => undefined);
}

/** As {@link flushFolder}. */
export function flushFolderSync(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // As above.
  }
}

function passUnknown(error: unknown): void {
  if (!UNKNOWN.has(errno(error) ?? "")) throw error;
}
