// Writing files so that a reader, or a killed process, sees the old content or the new one and nothing between.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readRegularSync } from "../data/regularFile.ts";
import { DatadamError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

/** Marks files that were being written; what is left of them after a kill is swept by {@link sweepPartial}. */
const PARTIAL = ".partial-";

/** Writes a file beside its place, flushes it to the disk and renames it. On failure the earlier file is untouched. */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `${PARTIAL}${randomBytes(6).toString("hex")}-${basename(path)}`);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 24));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw ioError(error, `Cannot write ${path}`);
  }
  syncFolder(dirname(path));
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

/** The system's code of an error (`ENOENT`), if it has one. */
export function errno(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

const FREE_SPACE =
  "Free some space, then resume; or start again, where no checkpoint was written yet. What was " +
  "written before is intact.";
const REASONS: Readonly<Record<string, [reason: string, hint: string]>> = {
  ENOSPC: ["the disk is full", FREE_SPACE],
  EDQUOT: ["the disk quota is used up", FREE_SPACE],
  ENOENT: ["a folder of the path is not there and cannot be made", "Choose another folder."],
  EROFS: ["the file system is read-only", "Choose another folder."],
  EACCES: ["permission denied", "Choose a folder that you may write to."],
  EPERM: ["permission denied", "Choose a folder that you may write to."],
  ENOTDIR: ["a part of the path is not a folder", "Choose another folder."],
  EEXIST: ["a file is in its place", "Choose another folder."],
  EISDIR: ["a folder is in its place", "Move it away, or choose another name."],
  ENAMETOOLONG: ["the name is too long", "Choose another folder."],
};

/** A system error as one that says what was being done and what helps. */
export function ioError(error: unknown, doing: string): DatadamError {
  if (error instanceof DatadamError) return error;
  const code = errno(error);
  const known = code === undefined ? undefined : REASONS[code];
  const reason = known?.[0] ?? (error instanceof Error ? error.message : String(error));
  return new DatadamError("IO", `${doing}: ${reason}`, { cause: error, ...(known ? { hint: known[1] } : {}) });
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};

/** As {@link ioError}, of what is only read: another folder for the output is no help. */
export function readError(error: unknown, doing: string): DatadamError {
  const reason = UNREADABLE[errno(error) ?? ""];
  if (error instanceof DatadamError || reason === undefined) return ioError(error, doing);
  return new DatadamError("IO", `${doing}: ${reason}`, { cause: error });
}

function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some systems cannot flush a folder; the rename itself is still atomic.
  }
}
