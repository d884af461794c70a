// The half-made file of a store and how far it is sure to be good: what a killed process leaves and the next one
// resumes from. One writer at a time, also among containers and hosts that share the folder.

import { createHash } from "node:crypto";
import { constants, readdirSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Owner, textOf } from "../../storage/index.ts";
import { type Aside, flush, openAside, removeAside } from "../../storage/node/index.ts";
import type { Skipped } from "../decode/corrupt.ts";
import { addMislabelled, type Mislabelled, NONE_MISLABELLED } from "../decode/mislabelled.ts";
import { checksumsOf, encodeIndex, type StoreIndex } from "./store.ts";
import { writeFully } from "./writeFully.ts";

/** Images that were written together. */
interface Batch {
  readonly paths: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly grey: boolean;
  readonly mislabelled: Mislabelled;
  /** CRC-32 of each image. */
  readonly checksums: readonly number[];
}

const MARK = 16;
/** Images as they are, one after the other. */
const DATA = "data";
/** Logs carry the number of the claim that writes them: that of a late writer is not read. */
const LOG = /^log\.(\d+)$/;

/** A store that is being made. */
export class Journal {
  readonly paths: string[] = [];
  readonly skipped: Skipped[] = [];
  readonly #checksums: number[] = [];
  grey = true;
  mislabelled: Mislabelled = NONE_MISLABELLED;
  readonly #aside: Aside;
  readonly #data: FileHandle;
  readonly #stride: number;

  private constructor(aside: Aside, data: FileHandle, stride: number) {
    this.#aside = aside;
    this.#data = data;
    this.#stride = stride;
  }

  /**
   * Begins the file `target`, or resumes what a process that has ended left of it.
   *
   * @throws DatadamError RUN_HELD where a living process makes it, IO
   */
  static async open(
    target: string,
    stride: number,
    onWait?: (owner: Owner | undefined, seconds: number) => void,
  ): Promise<Journal> {
    const aside = await openAside(partialOf(target), { onWait });
    let data: FileHandle | undefined;
    try {
      data = await open(join(aside.path, DATA), constants.O_RDWR | constants.O_CREAT);
      const journal = new Journal(aside, data, stride);
      await journal.#recover();
      return journal;
    } catch (error) {
      await data?.close();
      await aside.release().catch(() => undefined);
      throw error;
    }
  }

  /** Appends images and makes sure that they last. @throws DatadamError CLAIM_LOST where another process took over */
  async append(bytes: Uint8Array, batch: Omit<Batch, "checksums">): Promise<void> {
    await this.#aside.claim.check();
    await writeFully(this.#data, bytes, this.paths.length * this.#stride);
    await flush(this.#data, { data: true });
    const whole: Batch = { ...batch, checksums: checksumsOf(bytes, this.#stride) };
    await this.#aside.storage.append(this.#log, lineOf(whole), { flush: true });
    this.#take(whole);
  }

  /** Puts the whole file in its place, once it was read back and found to be what was written. */
  async finish(target: string, key: string): Promise<void> {
    const { paths, skipped, grey, mislabelled } = this;
    const index: StoreIndex = {
      key,
      stride: this.#stride,
      paths,
      skipped,
      grey,
      mislabelled,
      checksums: this.#checksums,
    };
    await this.#verify();
    await this.#aside.claim.check();
    await writeFully(this.#data, encodeIndex(index), paths.length * this.#stride);
    await flush(this.#data);
    await this.#data.close();
    await this.#aside.place(DATA, target);
    await removeLeftovers(target);
  }

  /** Lets go of it, as it is. */
  async close(): Promise<void> {
    await this.#data.close().catch(() => undefined);
    await this.#aside.release();
  }

  /** Throws it away. */
  async discard(): Promise<void> {
    await this.#data.close().catch(() => undefined);
    await this.#aside.discard();
  }

  get #log(): string {
    return `log.${this.#aside.claim.number}`;
  }

  async #recover(): Promise<void> {
    const { storage } = this.#aside;
    const logs = (await storage.list()).filter((name) => LOG.test(name)).sort((a, b) => numberOf(b) - numberOf(a));
    for (const log of logs.slice(0, 1)) {
      for (const line of ((await textOf(storage, log)) ?? "").split("\n").slice(0, -1)) {
        const batch = parseLine(line);
        if (batch === undefined || !(await this.#isThere(batch))) break;
        this.#take(batch);
      }
    }
    const { paths, skipped, grey, mislabelled } = this;
    const soFar: Batch = { paths, skipped, grey, mislabelled, checksums: this.#checksums };
    await storage.write(this.#log, paths.length + skipped.length === 0 ? "" : lineOf(soFar));
    for (const log of logs) if (log !== this.#log) await storage.remove(log);
    await this.#data.truncate(this.paths.length * this.#stride);
  }

  async #isThere({ checksums }: Batch): Promise<boolean> {
    return (await this.#firstDamaged(this.paths.length, checksums)) === undefined;
  }

  /** @throws Error naming the first image that is not what was written */
  async #verify(): Promise<void> {
    const damaged = await this.#firstDamaged(0, this.#checksums);
    if (damaged === undefined) return;
    await this.discard();
    throw new Error(`${this.paths[damaged]} is not there as it was written; what was made was thrown away`);
  }

  /** The first image from `start` on whose bytes have another checksum. */
  async #firstDamaged(start: number, checksums: readonly number[]): Promise<number | undefined> {
    const most = Math.max(1, Math.floor(PIECE / this.#stride));
    for (let at = 0; at < checksums.length; at += most) {
      const expected = checksums.slice(at, at + most);
      const bytes = new Uint8Array(expected.length * this.#stride);
      const position = (start + at) * this.#stride;
      for (let read = 0; read < bytes.length; ) {
        const { bytesRead } = await this.#data.read(bytes, read, bytes.length - read, position + read);
        if (bytesRead === 0) return start + at + Math.floor(read / this.#stride);
        read += bytesRead;
      }
      const wrong = checksumsOf(bytes, this.#stride).findIndex((checksum, i) => checksum !== expected[i]);
      if (wrong >= 0) return start + at + wrong;
    }
    return undefined;
  }

  #take({ paths, skipped, grey, mislabelled, checksums }: Batch): void {
    for (const path of paths) this.paths.push(path);
    for (const item of skipped) this.skipped.push(item);
    for (const checksum of checksums) this.#checksums.push(checksum);
    this.grey &&= grey;
    this.mislabelled = addMislabelled(this.mislabelled, mislabelled);
  }
}

/** Bytes that are read back at once. */
const PIECE = 8 * 2 ** 20;

/** The folder in which a file of the cache is made. */
function partialOf(target: string): string {
  return `${target}.partial`;
}

/** Takes away what killed processes left beside a file of the cache that is there, also those of earlier versions. */
export async function removeLeftovers(target: string): Promise<void> {
  const name = `${basename(target)}.`;
  let entries: string[] = [];
  try {
    entries = readdirSync(dirname(target));
  } catch {
    // What cannot be listed stays.
  }
  for (const entry of entries) {
    if (entry.startsWith(name) && entry.endsWith(".partial")) await removeAside(join(dirname(target), entry));
  }
}

function numberOf(log: string): number {
  return Number(LOG.exec(log)?.[1]);
}

function lineOf(batch: Batch): string {
  const text = JSON.stringify(batch);
  return `${mark(text)} ${text}\n`;
}

function parseLine(line: string): Batch | undefined {
  const json = line.slice(MARK + 1);
  return line.slice(0, MARK) === mark(json) ? (JSON.parse(json) as Batch) : undefined;
}

function mark(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, MARK);
}
