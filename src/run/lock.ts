// One process at a time may write a run. The lock names its owner, so that a killed owner's lock can be taken over.

import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import { errno, ioError, readText, removeQuietly } from "./files.ts";

const LOCK_FILE = "lock";
/** Milliseconds. */
const WAIT = 20;
const LONGEST_WAIT = 10_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process where the system tells it: a pid may be used again. */
  readonly started: string | undefined;
}

/** Releases the lock; calling it twice is harmless. */
export type Release = () => void;

/**
 * Takes the lock of a run directory.
 *
 * @throws DatadamError IO where a living process holds it, naming the process.
 */
export function acquireLock(folder: string): Release {
  const lock = take(join(folder, LOCK_FILE));
  if (typeof lock === "function") return lock;
  const where = lock.host === hostname() ? "" : ` on ${lock.host}`;
  throw new DatadamError("IO", `${folder} is being written by process ${lock.pid}${where}`, {
    hint: `Wait for it, or stop it. If it is gone for certain, delete ${join(folder, LOCK_FILE)}.`,
  });
}

/** Takes the lock of a folder, or gives undefined where a living process holds it. */
export function tryLock(folder: string): Release | undefined {
  const lock = take(join(folder, LOCK_FILE));
  return typeof lock === "function" ? lock : undefined;
}

/**
 * Does short work on a file of a folder that other processes do as well, one after the other.
 *
 * @throws DatadamError IO where another process holds the file for ten seconds.
 */
export function withLock<T>(file: string, work: () => T): T {
  const path = `${file}.lock`;
  for (let waited = 0; waited < LONGEST_WAIT; waited += WAIT) {
    const lock = take(path);
    if (typeof lock === "function") {
      try {
        return work();
      } finally {
        lock();
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT);
  }
  throw new DatadamError("IO", `${file} is held by another process`, { hint: `If there is none, delete ${path}.` });
}

/** The lock, or the living process that holds it. */
function take(path: string): Release | Owner {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: startTime(process.pid) });
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createWhole(path, mine)) {
      let held = true;
      return () => {
        if (held && readText(path) === mine) removeQuietly(path);
        held = false;
      };
    }
    const content = readText(path);
    if (content === undefined) continue;
    const owner = parseOwner(content);
    if (owner !== undefined && alive(owner)) return owner;
    discard(path, content);
  }
  throw new DatadamError("IO", `Cannot take the lock ${path}: other processes keep taking it`);
}

/** Creates the file with all its content in one step; false where there is one already. */
function createWhole(path: string, content: string): boolean {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (errno(error) === "EEXIST") return false;
      // No hard links here (FAT, some network shares): nearly as good.
      writeFileSync(path, content, { flag: "wx" });
    }
    return true;
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    throw ioError(error, `Cannot write ${path}`);
  } finally {
    removeQuietly(temporary);
  }
}

/** Moves a dead owner's lock away, unless another process has replaced it since it was read. */
function discard(path: string, content: string): void {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== content) linkSync(aside, path);
  } catch {
    // Somebody else was faster: the next attempt sees what is there now.
  } finally {
    removeQuietly(aside);
  }
}

function parseOwner(content: string): Owner | undefined {
  try {
    const owner = JSON.parse(content) as Owner;
    return Number.isSafeInteger(owner.pid) && owner.pid > 0 && typeof owner.host === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function alive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errno(error) === "ESRCH") return false;
  }
  const started = startTime(owner.pid);
  return owner.started === undefined || started === undefined || owner.started === started;
}

/** Clock ticks after boot at which a process started (Linux), else undefined. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
