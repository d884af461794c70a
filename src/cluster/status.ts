// What became of the jobs of a plan, by its files alone: marks, and the claims of jobs that have begun.

import pMap from "p-map";
import { holder, type Owner, ownerTitle, type Storage } from "../storage/index.ts";
import { countOf, folderOf } from "./folder.ts";
import { begun, marked, readFailed } from "./marks.ts";
import type { Failed, JobState, Plan, Range } from "./types.ts";

/** What is known of claims beside their files. */
export interface Liveness {
  /** See `ClaimOptions`. */
  readonly isAlive?: ((owner: Owner) => boolean | undefined) | undefined;
  /** Seconds since a file was written, by the clock of where it lies. Default: not known. */
  readonly age?: ((storage: Storage, path: string) => Promise<number | undefined>) | undefined;
}

/** A job that has begun and has an owner. */
export interface Held {
  readonly index: number;
  /** e.g. `process 7 on host`. */
  readonly owner: string;
}

export interface PlanStatus {
  /** How many jobs are in each state. `lost`: the heart of the owner has stopped. `stopped`: released half done. */
  readonly counts: Readonly<Record<JobState, number>>;
  readonly stages: readonly (Range & { readonly name: string; readonly done: number; readonly failed: number })[];
  readonly running: readonly Held[];
  readonly lost: readonly Held[];
  readonly failed: readonly Failed[];
  /** Whether the whole is in `result`. */
  readonly done: boolean;
}

/** At most so many files are read at once. */
const AT_ONCE = 16;

/** The state of all jobs that are in none of the states that are left out of the map: those are `waiting`. */
export async function statesOf(
  storage: Storage,
  plan: Plan,
  { isAlive, age }: Liveness,
): Promise<{ readonly states: Map<number, JobState>; readonly owners: Map<number, string> }> {
  const states = new Map<number, JobState>();
  const owners = new Map<number, string>();
  // Before the marks of what is done: what ends meanwhile is then done, not lost.
  const candidates = await begun(storage, plan);
  for (const { first, out } of plan.stages) {
    if (out !== undefined && (await storage.list(out)).includes("claims/")) candidates.add(first);
  }
  const failed = await marked(storage, "failed", plan);
  for (const index of failed) states.set(index, "failed");
  const done = await marked(storage, "done", plan);
  const look = async (index: number): Promise<void> => {
    const folder = storage.at(folderOf(plan, index));
    const held = await holder(folder);
    if (held === undefined) {
      if (!failed.has(index) && (await folder.list()).length > 0) states.set(index, "stopped");
      return;
    }
    owners.set(index, ownerTitle(held.owner));
    const silent = (await age?.(folder, `claims/${String(held.number).padStart(4, "0")}.json`)) ?? 0;
    const lost = isAlive?.(held.owner) === false || silent > plan.lease;
    if (!lost || !failed.has(index)) states.set(index, lost ? "lost" : "running");
  };
  await pMap(
    [...candidates].filter((index) => !done.has(index)),
    look,
    { concurrency: AT_ONCE },
  );
  for (const index of done) states.set(index, "done");
  return { states, owners };
}

/** Sums up what became of the jobs of a plan. Nothing is written. */
export async function statusOf(storage: Storage, plan: Plan, liveness: Liveness): Promise<PlanStatus> {
  const { states, owners } = await statesOf(storage, plan, liveness);
  const counts: Record<JobState, number> = { done: 0, running: 0, lost: 0, failed: 0, stopped: 0, waiting: 0 };
  for (const state of states.values()) counts[state]++;
  counts.waiting = countOf(plan) - states.size;
  const inState = (wanted: JobState): number[] =>
    [...states].flatMap(([index, state]) => (state === wanted ? [index] : [])).sort((a, b) => a - b);
  const heldIn = (wanted: JobState): Held[] =>
    inState(wanted).map((index) => ({ index, owner: owners.get(index) ?? "another process" }));
  const failures = await pMap(inState("failed"), (index) => readFailed(storage, index), { concurrency: AT_ONCE });
  return {
    counts,
    stages: plan.stages.map(({ name, first, count }) => {
      let [done, failed] = [0, 0];
      for (let index = first; index < first + count; index++) {
        if (states.get(index) === "done") done++;
        else if (states.get(index) === "failed") failed++;
      }
      return { name, first, count, done, failed };
    }),
    running: heldIn("running"),
    lost: heldIn("lost"),
    failed: failures.filter((failed) => failed !== undefined),
    done: (await storage.size(COLLECTED)) !== undefined,
  };
}

/** Numbers of the jobs that are not done, ascending. */
export async function missingIn(storage: Storage, plan: Plan): Promise<number[]> {
  const done = await marked(storage, "done", plan);
  return Array.from({ length: countOf(plan) }, (_, index) => index).filter((index) => !done.has(index));
}

/** Written where the whole was put together. */
export const COLLECTED = "marks/collected.json";
