// Files of the disk that are read whole. Pipes, sockets and devices, which may have no end or make a reader wait, are
// refused without being read, and so are files that are too large.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DatadamError } from "../../errors.ts";

/** At most so many bytes are asked of the system at once. */
const PIECE = 2 ** 30;

/** Opening a pipe would wait for who writes into it. Windows has no such flag, and no such pipes. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file to read it by position. @throws Error of the system, or because it is no file */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, FLAGS);
  try {
    assertRegular(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes of a file. What it grows by meanwhile is not read.
 *
 * @throws Error of the system, or because it is no file or has more than `most` bytes
 */
export async function readRegular(path: string, most: number): Promise<Uint8Array> {
  const handle = await open(path, FLAGS);
  try {
    const bytes = new Uint8Array(sizeWithin(await handle.stat(), most));
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE, bytes.length - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}

/** {@link readRegular} at once. */
export function readRegularSync(path: string, most: number): Uint8Array {
  const file = openSync(path, FLAGS);
  try {
    const bytes = new Uint8Array(sizeWithin(fstatSync(file), most));
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(file, bytes, at, Math.min(PIECE, bytes.length - at), at);
      if (read === 0) break;
      at += read;
    }
    return bytes.subarray(0, at);
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of what a user names, which may be a pipe.
 *
 * @throws Error of the system, or because there are more than `most` bytes
 */
export function readBoundedSync(path: string, most: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const pieces: Uint8Array[] = [];
    for (let total = 0; ; ) {
      const piece = new Uint8Array(2 ** 16);
      const read = readSync(file, piece);
      if (read === 0) return Buffer.concat(pieces);
      total += read;
      if (total > most) throw new Error(`it has more than the limit of ${most} bytes`);
      pieces.push(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** Why a file cannot be read: what it is (INVALID_DATA), or what the system says (IO). */
export function unreadable(path: string, cause: NodeJS.ErrnoException): DatadamError {
  const code = cause.code === undefined ? "INVALID_DATA" : "IO";
  return new DatadamError(code, `"${path}" cannot be read: ${cause.message}`, { cause });
}

/** What is no file, as a person says it; undefined for a file. */
export function oddKind(info: Pick<Stats, "isFile" | "isFIFO" | "isSocket" | "isDirectory">): string | undefined {
  if (info.isFile()) return undefined;
  if (info.isFIFO()) return "a pipe";
  if (info.isSocket()) return "a socket";
  return info.isDirectory() ? "a folder" : "a device";
}

function assertRegular(info: Stats): void {
  const kind = oddKind(info);
  if (kind === undefined) return;
  const error: NodeJS.ErrnoException = new Error(`it is ${kind}, not a file`);
  if (info.isDirectory()) error.code = "EISDIR";
  throw error;
}

function sizeWithin(info: Stats, most: number): number {
  assertRegular(info);
  if (info.size > most) throw new Error(`it has ${info.size} bytes, more than the limit of ${most}`);
  return info.size;
}
