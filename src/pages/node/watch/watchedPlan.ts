// A plan's folder as a watcher sees it: what of its jobs waits, runs, is done, failed or lost. Never written.

import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { countOf, type Plan, readPlan, statusOf } from "../../../cluster/index.ts";
import { folder, isAlive } from "../../../storage/node/index.ts";
import type { Storage } from "../../../storage/types.ts";
import type { PlanLine } from "../../watch/types.ts";
import { idOf } from "./watchedRun.ts";

/** Jobs that a plan may have to be looked at. */
const MOST_JOBS = 2_000_000;
/** Jobs that are named of those in one state. */
const NAMED = 10;
/** Looks take this share of the time at most, and come every so many milliseconds at most. */
const SHARE = 0.1;
const LOOK_EVERY = 2000;

export class WatchedPlan {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #clock: () => number;
  /** Claims of jobs: what was seen of each, and since when. */
  readonly #hearts = new Map<string, { readonly seen: string; readonly since: number }>();
  #next = Number.NEGATIVE_INFINITY;
  #line: PlanLine | undefined;

  /** @param clock milliseconds that grow */
  constructor(root: string, name: string, clock: () => number = () => performance.now()) {
    this.#storage = withoutLinks(folder(join(root, name)), root);
    this.#name = name;
    this.#clock = clock;
  }

  /** Undefined where it cannot be read. */
  get line(): PlanLine | undefined {
    return this.#line;
  }

  /** Looks at the folder, unless that was done a moment ago. Gives whether a plan is still there. */
  async look(): Promise<boolean> {
    const began = this.#clock();
    if (began < this.#next) return true;
    try {
      if ((await this.#storage.size("plan.json")) === undefined) return false;
      const plan = await readPlan(this.#storage);
      requireBounds(plan);
      this.#line = await this.#lineOf(plan);
    } catch {
      this.#line = undefined; // Damaged, or being written: the next look may see more.
    }
    const now = this.#clock();
    this.#next = began + Math.max(LOOK_EVERY, (now - began) / SHARE);
    return true;
  }

  async #lineOf(plan: Plan): Promise<PlanLine> {
    const age = (storage: Storage, path: string): Promise<number | undefined> => this.#age(join(storage.name, path));
    const { counts, stages, running, lost, failed, done } = await statusOf(this.#storage, plan, { isAlive, age });
    const held = (all: typeof running): PlanLine["running"] =>
      all.slice(0, NAMED).map(({ index, owner }) => ({ index, text: short(owner) }));
    return {
      id: idOf(this.#name),
      name: this.#name,
      kind: short(plan.job.kind),
      by: short(plan.by),
      jobs: countOf(plan),
      counts,
      stages: stages.map(({ name, count, done: ready }) => ({ name: short(name), count, done: ready })),
      running: held(running),
      lost: held(lost),
      failed: failed.slice(0, NAMED).map(({ index, message }) => ({ index, text: short(message) })),
      collected: done,
    };
  }

  /** Seconds since a claim was first seen as it is now: clocks of machines are not compared, and nothing is written. */
  async #age(path: string): Promise<number | undefined> {
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) return undefined;
    const seen = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    const now = this.#clock();
    const before = this.#hearts.get(path);
    if (before?.seen !== seen) this.#hearts.set(path, { seen, since: now });
    return before?.seen === seen ? (now - before.since) / 1000 : 0;
  }
}

/** Most jobs of a plan whose folders are shown as runs too. */
export const SHOWN_JOBS = 200;

/** How many jobs a plan has; undefined where there is none that can be read. */
export async function jobsOfPlan(path: string): Promise<number | undefined> {
  try {
    return countOf(await readPlan(folder(path)));
  } catch {
    return undefined;
  }
}

function requireBounds(plan: Plan): void {
  const count = countOf(plan);
  if (!(count >= 0 && count <= MOST_JOBS && plan.stages.every((stage) => stage.first >= 0 && stage.count >= 0))) {
    throw new RangeError("a plan of more jobs than are looked at");
  }
}

/** A storage of which only what lies in a folder is read: links lead nowhere. */
function withoutLinks(storage: Storage, root: string): Storage {
  return {
    ...storage,
    async read(path) {
      const real = await realpath(join(storage.name, path)).catch(() => undefined);
      return real?.startsWith(root + sep) ? storage.read(path) : undefined;
    },
    at: (path) => withoutLinks(storage.at(path), root),
  };
}

function short(text: unknown): string {
  return String(text).slice(0, 300);
}
