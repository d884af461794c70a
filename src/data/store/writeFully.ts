// A write of a file handle may take a part only.

import type { FileHandle } from "node:fs/promises";

/** Writes all of `bytes`, at `position`, or where the file stands. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const place = position === undefined ? null : position + at;
    at += (await file.write(bytes, at, bytes.length - at, place)).bytesWritten;
  }
}
