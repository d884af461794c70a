// The half-made file of a store and how far it is sure to be good: what a killed process leaves and the next one
// resumes from.

import { createHash } from "node:crypto";
import { constants, mkdirSync, readdirSync, renameSync } from "node:fs";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Skipped } from "../decode/corrupt.ts";
import { addMislabelled, type Mislabelled, NONE_MISLABELLED } from "../decode/mislabelled.ts";
import { encodeIndex, type StoreIndex } from "./store.ts";
import { writeFully } from "./writeFully.ts";

/** Images that were written together. */
interface Batch {
  readonly paths: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly grey: boolean;
  readonly mislabelled: Mislabelled;
  /** Of their bytes. */
  readonly crc: number;
}

const MARK = 16;

/** A store that is being made. */
export class Journal {
  readonly paths: string[] = [];
  readonly skipped: Skipped[] = [];
  grey = true;
  mislabelled: Mislabelled = NONE_MISLABELLED;
  readonly #folder: string;
  readonly #data: FileHandle;
  readonly #log: FileHandle;
  readonly #stride: number;

  private constructor(folder: string, data: FileHandle, log: FileHandle, stride: number) {
    this.#folder = folder;
    this.#data = data;
    this.#log = log;
    this.#stride = stride;
  }

  /** Begins the file `target`, or resumes what a process that has ended left of it. */
  static async open(target: string, stride: number): Promise<Journal> {
    const folder = claim(target);
    const data = await open(join(folder, "data"), constants.O_RDWR | constants.O_CREAT);
    let log: FileHandle | undefined;
    try {
      log = await open(join(folder, "log"), "a");
      const journal = new Journal(folder, data, log, stride);
      await journal.#recover(await readFile(join(folder, "log"), "utf8"));
      return journal;
    } catch (error) {
      await log?.close();
      await data.close();
      throw error;
    }
  }

  /** Appends images and makes sure that they last. */
  async append(bytes: Uint8Array, batch: Omit<Batch, "crc">): Promise<void> {
    await writeFully(this.#data, bytes, this.paths.length * this.#stride);
    await this.#data.datasync();
    const line = JSON.stringify({ ...batch, crc: crc32(bytes) } satisfies Batch);
    await this.#log.appendFile(`${mark(line)} ${line}\n`);
    await this.#log.datasync();
    this.#take(batch);
  }

  /** Puts the whole file in its place. */
  async finish(target: string, key: string): Promise<void> {
    const { paths, skipped, grey, mislabelled } = this;
    const index: StoreIndex = { key, stride: this.#stride, paths, skipped, grey, mislabelled };
    await writeFully(this.#data, encodeIndex(index), paths.length * this.#stride);
    await this.#data.sync();
    await this.close();
    await rename(join(this.#folder, "data"), target);
    await rm(this.#folder, { recursive: true, force: true });
    await syncFolder(dirname(target));
  }

  /** Lets go of it, as it is. */
  async close(): Promise<void> {
    await this.#data.close();
    await this.#log.close();
  }

  /** Throws it away. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #recover(log: string): Promise<void> {
    let good = 0;
    for (const line of log.split("\n").slice(0, -1)) {
      const batch = parseLine(line);
      if (batch === undefined || !(await this.#isThere(batch))) break;
      this.#take(batch);
      good += Buffer.byteLength(line) + 1;
    }
    await this.#log.truncate(good);
    await this.#data.truncate(this.paths.length * this.#stride);
  }

  async #isThere({ paths, crc }: Batch): Promise<boolean> {
    const bytes = Buffer.alloc(paths.length * this.#stride);
    const { bytesRead } = await this.#data.read(bytes, 0, bytes.length, this.paths.length * this.#stride);
    return bytesRead === bytes.length && crc32(bytes) === crc;
  }

  #take({ paths, skipped, grey, mislabelled }: Omit<Batch, "crc">): void {
    for (const path of paths) this.paths.push(path);
    for (const item of skipped) this.skipped.push(item);
    this.grey &&= grey;
    this.mislabelled = addMislabelled(this.mislabelled, mislabelled);
  }
}

/**
 * A folder beside the target, of this process: a new one, or that of a process that has ended. Renaming is what only
 * one can do.
 */
function claim(target: string): string {
  const [place, name] = [dirname(target), basename(target)];
  mkdirSync(place, { recursive: true });
  const partial = join(place, `${name}.${process.pid}.partial`);
  for (const entry of readdirSync(place)) {
    const pid = entry.startsWith(`${name}.`) ? /^(\d+)\.partial$/.exec(entry.slice(name.length + 1))?.[1] : undefined;
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      if (Number(pid) !== process.pid) renameSync(join(place, entry), partial);
      return partial;
    } catch {
      // Another process was faster.
    }
  }
  mkdirSync(partial, { recursive: true });
  return partial;
}

/** Whether another process has this number. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function parseLine(line: string): Batch | undefined {
  const json = line.slice(MARK + 1);
  return line.slice(0, MARK) === mark(json) ? (JSON.parse(json) as Batch) : undefined;
}

function mark(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, MARK);
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Some systems cannot flush a folder; the rename itself is still atomic.
  }
}
