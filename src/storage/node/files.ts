// Writing files so that a reader, or a killed process, sees the old content or the new one and nothing between.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { LIMITS } from "../../limits.ts";
import { errno, ioError, readError } from "./errors.ts";
import { flushFolderSync, flushSync } from "./flush.ts";
import { readRegularSync } from "./regularFile.ts";

/** Marks files that were being written. */
const PARTIAL = ".partial-";
/** Milliseconds after which what was being written for the same place counts as left by a kill. */
const LEFT = 3_600_000;

/** Writes a file beside its place, flushes it to the disk and renames it. On failure the earlier file is untouched. */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `${PARTIAL}${randomBytes(6).toString("hex")}-${basename(path)}`);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 24));
      flushSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw ioError(error, `Cannot write ${path}`);
  }
  flushFolderSync(dirname(path));
  removeLeft(path);
}

/** Removes what kills left of the same file. Its age is told by the file system's clock alone. */
function removeLeft(path: string): void {
  try {
    const now = statSync(path).mtimeMs;
    for (const name of readdirSync(dirname(path))) {
      const left = join(dirname(path), name);
      const ours = name.startsWith(PARTIAL) && name.slice(PARTIAL.length + 12) === `-${basename(path)}`;
      if (ours && now - statSync(left).mtimeMs > LEFT) removeQuietly(left);
    }
  } catch {
    // It does no harm.
  }
}

/** Makes a folder and those above it that are missing; gives whether there was anything to make. */
export function makeFolder(folder: string): boolean {
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
    // Step by step: a recursive mkdir on a read-only file system fails with ENOENT.
    const missing = [folder];
    while (!existsSync(dirname(missing[0]!))) missing.unshift(dirname(missing[0]!));
    for (const path of missing) makeOne(path);
    return true;
  } catch (error) {
    throw ioError(error, `Cannot create ${folder}`);
  }
}

/** Another process may make the same folder at the same time: shards often share their parent. */
function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Removes a file; one that is not there, or cannot be removed, is no matter. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What led here matters more.
  }
}

/** Names in a folder; none where it does not exist. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw ioError(error, `Cannot read ${folder}`);
  }
}

/** The bytes of a file, or undefined where there is none. */
export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readRegularSync(path, LIMITS.arrayFileBytes);
  } catch (error) {
    if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return undefined;
    throw readError(error, `Cannot read ${path}`);
  }
}

/** The text of a file, or undefined where there is none. */
export function readText(path: string): string | undefined {
  const bytes = readIfThere(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
