// The one lifecycle of a job's folder: claimed, begun, resumed, finished or abandoned; and what every kind keeps in it.

import { DatadamError } from "../../errors.ts";
import { canonicalJson } from "../../run/portable.ts";
import {
  aroundWrites,
  type Claim,
  type ClaimOptions,
  claim,
  jsonLinesOf,
  jsonOf,
  type Storage,
} from "../../storage/index.ts";
import type { JobValue, RecordedEvent } from "../types.ts";
import { sha256 } from "./hash.ts";
import { indented } from "./indented.ts";
import { type Journal, openJournal } from "./journal.ts";
import { openRows, type Rows } from "./rows.ts";
import { openStates, type States } from "./states.ts";

/** The job, as it was parsed. */
export const JOB_FILE = "job.json";
/** What was settled when the work began: the data set as it was found, resolved values, versions. Makes a job begun. */
export const RECORD_FILE = "record.json";
/** Written last: the result, and the hashes of the files that belong to it. Makes a job finished. */
const FINISHED_FILE = "finished.json";
/** All events, one a line. */
const EVENTS_FILE = "events.jsonl";

/** Files of folders that no job made: a set by itself, and what is not a job yet. */
const OTHERS = ["synthetic.safetensors", "config.json", "plan.json"];

/** `finished.json`. */
export interface Finished {
  /** Number of the claim that finished it. */
  readonly claim: number;
  /** ISO time. */
  readonly time: string;
  /** As it was when it was finished: keys that a later process may change can be others in `job.json`. */
  readonly job: JobValue;
  readonly result: unknown;
  /** SHA-256 of each file of the result: a reader can tell whether a late writer has been there. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A folder that this process may write until {@link Folder.release}. Every write looks first whether the claim holds.
 */
export interface Folder {
  /** Fenced: see `Claim.storage`. */
  readonly storage: Storage;
  readonly claim: Claim;
  readonly job: JobValue;
  /** `record.json` of an earlier process (or of this one's `begin`); undefined where nothing was begun. */
  readonly record: unknown;
  /** What an earlier process finished, which the job may now go beyond. */
  readonly finished: Finished | undefined;
  /** Writes the record: from here on the job can be resumed. What it needs beside it is written before. */
  begin(record: unknown): Promise<void>;
  /** Numbered checkpoints in a folder (default: `checkpoints`). */
  states(folder?: string): States;
  /** Results by key, in a file (default: `journal.jsonl`): what is in it is never done again. */
  journal(file?: string): Promise<Journal>;
  /**
   * Rows in the order of a number that grows, such as `metrics.jsonl` by `iteration`. Those after `last` are removed.
   */
  rows(file: string, key: string, last: number): Promise<Rows>;
  /** Writes a file of the result under its fixed name, for {@link finish} to name. */
  publish(file: string, content: Uint8Array | string): Promise<void>;
  /** Writes `finished.json`, with the hashes of what was published by this process. */
  finish(result: unknown): Promise<void>;
  /** Adds to `events.jsonl`. */
  log(event: RecordedEvent): Promise<void>;
  /** After a failure: takes away all that was written, unless there is something to resume from. Never throws. */
  abandon(): Promise<void>;
  release(): Promise<void>;
}

/** What opening a folder needs beside the claim. */
export interface FolderOptions extends ClaimOptions {
  /** Dotted keys that may differ from the folder's job. */
  readonly free: readonly string[];
}

/**
 * Claims a storage for a job and opens it: new, resumed, or finished. A folder whose earlier job never began is taken
 * for the new one.
 *
 * @throws DatadamError RUN_EXISTS where it holds another job, naming what differs; RUN_HELD; INVALID_RUN; IO
 */
export async function openFolder(storage: Storage, job: JobValue, options: FolderOptions): Promise<Folder> {
  await assertSameJob(storage, job, options.free);
  const claimed = await claim(storage, options);
  try {
    // Another process may have begun a job here before this one had its claim.
    await assertSameJob(storage, job, options.free);
    await sweepAll(claimed.storage);
    return await openClaimed(claimed, job);
  } catch (error) {
    await claimed.release().catch(() => undefined);
    throw error;
  }
}

/** Sweeps a folder and those below it, but for parts: they have claims, and sweepers, of their own. */
async function sweepAll(storage: Storage): Promise<void> {
  await storage.sweep();
  for (const name of await storage.list()) {
    if (!name.endsWith("/")) continue;
    const below = storage.at(name.slice(0, -1));
    if (name === "claims/" || !(await below.list()).includes("claims/")) await sweepAll(below);
  }
}

/** The job of a folder, or undefined where it has none that began. @throws DatadamError INVALID_RUN */
export async function readJobFile(storage: Storage): Promise<JobValue | undefined> {
  const job = (await jsonOf(storage, JOB_FILE)) as JobValue | undefined;
  if (job === undefined) return undefined;
  if (typeof job?.kind !== "string") {
    throw new DatadamError("INVALID_RUN", `${storage.name}/${JOB_FILE} does not hold a job`, {
      hint: "Put the original file back.",
    });
  }
  return job;
}

/** `finished.json`, or undefined where the job is not finished. @throws DatadamError INVALID_RUN */
export async function readFinished(storage: Storage): Promise<Finished | undefined> {
  return (await jsonOf(storage, FINISHED_FILE)) as Finished | undefined;
}

/**
 * All events of a folder that count, the oldest first: for watchers, who may read again while a job works. Left out are
 * a line that is cut off, and lines of a claim after one of a higher claim (a late writer's).
 */
export async function readEvents(storage: Storage): Promise<RecordedEvent[]> {
  let highest = 0;
  return ((await jsonLinesOf(storage, EVENTS_FILE)) as RecordedEvent[]).filter((event) => {
    if (typeof event?.type !== "string" || typeof event.claim !== "number" || event.claim < highest) return false;
    highest = event.claim;
    return true;
  });
}

async function openClaimed(claimed: Claim, job: JobValue): Promise<Folder> {
  const written = new Set<string>();
  const storage = aroundWrites(claimed.storage, (write, path) => {
    if (path !== undefined) written.add(path);
    return write();
  });
  let record = await jsonOf(storage, RECORD_FILE);
  const before = record === undefined ? undefined : await readFinished(storage);
  const fresh = record === undefined;
  const published = new Map<string, string>();
  const text = `${JSON.stringify(job, undefined, 2)}\n`;
  if (fresh) {
    for (const left of [EVENTS_FILE, FINISHED_FILE]) await storage.remove(left);
    await storage.write(JOB_FILE, text);
  } else if (canonicalJson(await jsonOf(storage, JOB_FILE)) !== canonicalJson(job)) {
    await storage.write(JOB_FILE, text);
  }
  let abandoned = false;
  return {
    storage,
    claim: claimed,
    job,
    get record() {
      return record;
    },
    finished: before,
    async begin(next) {
      await storage.write(RECORD_FILE, `${JSON.stringify(next, undefined, 2)}\n`);
      record = next;
    },
    states: (folder = "checkpoints") => openStates(storage, claimed.number, folder),
    journal: (file = "journal.jsonl") => openJournal(storage, claimed.number, file),
    rows: (file, key, last) => openRows(storage, file, key, last),
    async publish(file, content) {
      await storage.write(file, content);
      published.set(file, await sha256(content));
    },
    async finish(result) {
      const marker: Finished = {
        claim: claimed.number,
        time: new Date().toISOString(),
        job,
        result,
        files: Object.fromEntries(published),
      };
      await storage.write(FINISHED_FILE, indented(marker));
    },
    log: (event) => storage.append(EVENTS_FILE, `${JSON.stringify(event)}\n`),
    async abandon() {
      try {
        if (!fresh || (await somethingToResume(storage))) return;
        for (const path of [RECORD_FILE, ...written]) await storage.remove(path);
        abandoned = (await storage.list()).join() === "claims/";
      } catch {
        // What cannot be looked at is kept.
      }
    },
    release: () => claimed.release({ forget: abandoned }),
  };
}

/** A checkpoint or a line of a journal, here or in a part. */
async function somethingToResume(storage: Storage): Promise<boolean> {
  for (const name of await storage.list()) {
    if (name.endsWith("/") && /^state-/.test((await storage.list(name.slice(0, -1)))[0] ?? "")) return true;
    if (/^journal.*\.jsonl$/.test(name) && ((await storage.size(name)) ?? 0) > 0) return true;
    if (name === FINISHED_FILE) return true;
    if (name.endsWith("/") && name !== "claims/" && (await somethingToResume(storage.at(name.slice(0, -1)))))
      return true;
  }
  return false;
}

/** @throws DatadamError RUN_EXISTS where the folder holds another job that began */
export async function assertSameJob(storage: Storage, job: JobValue, free: readonly string[]): Promise<void> {
  if ((await jsonOf(storage, RECORD_FILE)) === undefined) {
    for (const other of OTHERS) {
      if ((await storage.size(other)) === undefined) continue;
      throw new DatadamError("RUN_EXISTS", `${storage.name} already holds something else: ${other}`, {
        hint: "Choose another folder.",
      });
    }
    return;
  }
  const earlier = await readJobFile(storage);
  const differing = differences(earlier, job, free);
  if (differing.length === 0) return;
  throw new DatadamError(
    "RUN_EXISTS",
    `${storage.name} already holds another job: it differs in ${differing.join(", ")}`,
    {
      hint: "Resume it as it is, or choose another folder.",
    },
  );
}

/** Where two jobs differ, e.g. `method.ipc (there 10, given 5)`. */
export function differences(earlier: unknown, job: unknown, free: readonly string[]): string[] {
  const [there, given] = [flat(earlier), flat(job)];
  const isFree = (key: string): boolean => free.some((name) => key === name || key.startsWith(`${name}.`));
  return [...new Set([...there.keys(), ...given.keys()])]
    .filter((key) => !isFree(key) && there.get(key) !== given.get(key))
    .map((key) => `${key} (there ${short(there.get(key))}, given ${short(given.get(key))})`);
}

/** Leaves by dotted key; lists are leaves. */
function flat(value: unknown, prefix: string = ""): Map<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return value === undefined ? new Map() : new Map([[prefix, canonicalJson(value)]]);
  }
  const entries = Object.entries(value).flatMap(([key, inner]) => [...flat(inner, prefix ? `${prefix}.${key}` : key)]);
  return new Map(entries);
}

function short(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
