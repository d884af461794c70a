// What a job logs for TensorBoard: event files in its folder, each step once, whatever was stopped or killed.

import { beginEventFile, concatBytes, encodeEvent, eventRecords } from "../../formats/index.ts";
import type { Storage } from "../../storage/index.ts";
import type { Context, JobValue } from "../types.ts";

/** Folder of the event files. */
const LOG_FOLDER = "tensorboard";
/** Milliseconds between two writes. */
const WRITE_EVERY = 1000;

/** Where scalars and pictures of steps go. What is added is written after a second, or by {@link EventLog.flush}. */
export interface EventLog {
  /** Whether anything is kept: what is dear to make need not be made otherwise. */
  readonly kept: boolean;
  scalars(step: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** @param png of a picture */
  image(step: number, tag: string, png: Uint8Array): Promise<void>;
  /** Before a checkpoint, so that none is ahead of what was logged. */
  flush(): Promise<void>;
}

type Tools = Pick<Context<JobValue & { readonly execution?: { readonly log?: "tensorboard" | undefined } }>, "job"> &
  Pick<Context, "folder" | "clock">;

const nothing: EventLog = { kept: false, scalars: async () => {}, image: async () => {}, flush: async () => {} };

/**
 * Opens the log of a job that goes on after step `last` (-1: from the beginning): what was logged of later steps is
 * removed, and the job logs it again. Each process has a file of its own, since a reader may have the earlier one open.
 *
 * @param place of a part of the job, below its log.
 */
export async function openEventLog({ job, folder, clock }: Tools, last: number, place?: string): Promise<EventLog> {
  if (job.execution?.log !== "tensorboard") return nothing;
  const files = folder.storage.at(place === undefined ? LOG_FOLDER : `${LOG_FOLDER}/${place}`);
  const known = await keepUpTo(files, last);
  const name = `events.out.tfevents.${String(folder.claim.number).padStart(10, "0")}.datadam`;
  const time = (): number => clock.now() / 1000;
  let waiting: Uint8Array[] = [beginEventFile({ time: time(), ...(last >= 0 && { from: last + 1 }) })];
  let written = Number.NEGATIVE_INFINITY;
  const flush = async (): Promise<void> => {
    const all = waiting;
    waiting = [];
    written = clock.now();
    if (all.length > 0) await files.append(name, concatBytes(all));
  };
  const add = async (bytes: Uint8Array): Promise<void> => {
    waiting.push(bytes);
    if (clock.now() - written >= WRITE_EVERY) await flush();
  };
  return {
    kept: true,
    async scalars(step, values) {
      const fresh = Object.entries(values).filter(([tag]) => !known.has(`${step} ${tag}`));
      if (fresh.length > 0) await add(encodeEvent({ step, time: time(), scalars: Object.fromEntries(fresh) }));
    },
    async image(step, tag, png) {
      if (!known.has(`${step} ${tag}`)) await add(encodeEvent({ step, time: time(), images: { [tag]: png } }));
    },
    flush,
  };
}

/** Removes what is later than a step, or damaged. Gives the tags of that step: a job may come to them again. */
async function keepUpTo(files: Storage, last: number): Promise<Set<string>> {
  const known = new Set<string>();
  for (const name of await files.list()) {
    if (!name.startsWith("events.out.tfevents.")) continue;
    const bytes = (await files.read(name))!;
    const all = eventRecords(bytes);
    const kept = all.filter(({ step, tags }) => tags.length === 0 || step <= last);
    for (const { step, tags } of kept) if (step === last) for (const tag of tags) known.add(`${step} ${tag}`);
    const size = kept.reduce((sum, record) => sum + record.bytes.length, 0);
    if (!kept.some(({ tags }) => tags.length > 0)) await files.remove(name);
    else if (size !== bytes.length) await files.write(name, concatBytes(kept.map((record) => record.bytes)));
  }
  return known;
}
