// The folder of an experiment of many parts: a plan that never changes, and a journal of what is done.

import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import { canonicalJson } from "./canonical.ts";
import { makeFolder, readJson, removeIfEmpty, removeQuietly, sweepPartial, writeAtomic } from "./files.ts";
import { type Journal, openJournal } from "./journal.ts";
import { acquireLock } from "./lock.ts";

const PLAN = "plan.json";
const JOURNAL = "journal.jsonl";

/** Everything that decides an experiment's numbers: plain JSON. */
export type Plan = Readonly<Record<string, unknown>>;

/** A folder that this process may write, until {@link Experiment.close}. */
export interface Experiment {
  readonly folder: string;
  readonly journal: Journal;
  /** Whether there is anything from before. */
  readonly resumed: boolean;
  /** Writes a file of the folder whole. */
  write(name: string, content: string | Uint8Array): void;
  close(): void;
  /** Closes, and leaves no plan behind where nothing was done of it: the next attempt may be of another one. */
  abandon(): void;
}

/**
 * Opens the folder of an experiment, which is made where it is missing; what an earlier process finished of the same plan is kept.
 *
 * @param plan is kept in `plan.json`.
 * @throws DatadamError RUN_EXISTS where the folder belongs to another plan, naming what differs; IO where another process writes it.
 */
export function openExperiment(directory: string, plan: Plan): Experiment {
  const folder = resolve(directory);
  const created = makeFolder(folder);
  const release = acquireLock(folder);
  try {
    sweepPartial(folder);
    const path = join(folder, PLAN);
    const earlier = readJson(path) as Plan | undefined;
    if (earlier === undefined) {
      refuseRun(folder);
      writeAtomic(path, `${JSON.stringify(plan, undefined, 2)}\n`);
    } else {
      refuseOther(folder, earlier, plan);
    }
    const journal = openJournal(join(folder, JOURNAL));
    const close = (): void => {
      journal.close();
      release();
    };
    return {
      folder,
      journal,
      resumed: earlier !== undefined,
      write: (name, content) => writeAtomic(join(folder, name), content),
      close,
      abandon() {
        journal.close();
        if (earlier === undefined) removeUnused(folder);
        close();
        if (created) removeIfEmpty(folder);
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

function removeUnused(folder: string): void {
  try {
    const own = [PLAN, JOURNAL];
    const others = readdirSync(folder).filter((name) => name !== "lock" && !own.includes(name));
    if (others.length > 0 || statSync(join(folder, JOURNAL)).size > 0) return;
    for (const name of own) removeQuietly(join(folder, name));
  } catch {
    // What cannot be looked at is kept.
  }
}

function refuseRun(folder: string): void {
  if (["config.json", "record.json"].every((name) => readJson(join(folder, name)) === undefined)) return;
  throw new DatadamError("RUN_EXISTS", `${folder} holds a run`, { hint: "Choose another folder with --out." });
}

function refuseOther(folder: string, earlier: Plan, plan: Plan): void {
  const keys = [...new Set([...Object.keys(earlier ?? {}), ...Object.keys(plan)])];
  const text = (value: unknown): string => (value === undefined ? "nothing" : canonicalJson(value));
  const short = (value: unknown): string => (text(value).length > 60 ? `${text(value).slice(0, 57)}...` : text(value));
  const differing = keys
    .filter((key) => text(earlier?.[key]) !== text(plan[key]))
    .map((key) => `${key} (there ${short(earlier?.[key])}, asked ${short(plan[key])})`);
  if (differing.length === 0) return;
  throw new DatadamError("RUN_EXISTS", `${folder} holds another experiment: it differs in ${differing.join(", ")}`, {
    hint: "Give the same options to go on with it, or choose another folder with --out.",
  });
}
