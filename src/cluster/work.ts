// One job of a plan, from its claim to the mark that it is done.

import { DatadamError } from "../errors.ts";
import { type Storage, systemClock } from "../storage/index.ts";
import { folderOf, readJob, stageOf } from "./folder.ts";
import { type JoinOptions, leaseOf, putTogether, runTo } from "./joining.ts";
import { isDone, markDone, marked, markFailed, readFailed } from "./marks.ts";
import type { Plan } from "./types.ts";

/** What a worker is handed. */
export interface WorkOptions extends JoinOptions {
  /** The instruction sets that bytes depend on; null where they are not known. */
  readonly machine: string | null;
  /** Worker threads, instead of the job's. */
  readonly workers?: number | undefined;
}

/**
 * What came of it. `held`: another process is at the job, or has taken it over. `early`: jobs that it needs are not
 * done yet.
 */
export type Outcome = { readonly end: "done" | "already" | "held" } | { readonly end: "early"; readonly needs: number };

/**
 * Does a job of a plan, or goes on with it. What fails is kept for {@link statusOf}, and thrown.
 *
 * @throws DatadamError INVALID_OPTION where the plan has no such job, and what the job fails with; the reason of
 *   `signal`, after a checkpoint
 */
export async function work(storage: Storage, plan: Plan, index: number, options: WorkOptions): Promise<Outcome> {
  const { owner, machine, signal, clock = systemClock } = options;
  const host = owner.host ?? null;
  stageOf(plan, index);
  if (await isDone(storage, index)) return { end: "already" };
  const needs = await missingBefore(storage, plan, index);
  if (needs !== undefined) return { end: "early", needs };
  const began = clock.now();
  const time = (): string => new Date(clock.now()).toISOString();
  try {
    const already = await doJob(storage, plan, index, options);
    const seconds = already ? 0 : Number(((clock.now() - began) / 1000).toFixed(3));
    await markDone(storage, { index, seconds, machine, host, time: time() });
    return { end: "done" };
  } catch (error) {
    if (error instanceof DatadamError && ["RUN_HELD", "CLAIM_LOST"].includes(error.code)) return { end: "held" };
    if (signal?.aborted) throw error;
    const known = error instanceof DatadamError;
    const message = error instanceof Error ? error.message || error.name : String(error);
    const failed = { index, code: known ? error.code : "FAILED", message, host, time: time() };
    // A full disk may refuse this as well: the failure is thrown in any case.
    await markFailed(storage, { ...failed, ...(known && error.hint && { hint: error.hint }) }).catch(() => undefined);
    throw error;
  }
}

/** The first job of an earlier stage that is not done. @throws DatadamError PLAN_UNFINISHED where one has failed */
async function missingBefore(storage: Storage, plan: Plan, index: number): Promise<number | undefined> {
  const { first } = stageOf(plan, index);
  if (first === 0) return undefined;
  const done = await marked(storage, "done", plan);
  const missing = Array.from({ length: first }, (_, before) => before).filter((before) => !done.has(before));
  for (const before of missing.length === 0 ? [] : await marked(storage, "failed", plan)) {
    if (before >= first || done.has(before)) continue;
    const failed = await readFailed(storage, before);
    throw new DatadamError("PLAN_UNFINISHED", `job ${index} needs job ${before}, which failed: ${failed?.message}`, {
      hint: "Mend that first, and submit the plan again.",
    });
  }
  return missing[0];
}

/** Whether it was finished before. */
async function doJob(storage: Storage, plan: Plan, index: number, options: WorkOptions): Promise<boolean> {
  const { onEvent, workers, machine: _, ...lab } = options;
  const { job, join } = await readJob(storage, plan, index);
  const out = storage.at(folderOf(plan, index));
  const value = workers === undefined ? job : { ...job, execution: { ...job.execution, workers } };
  if (join !== undefined) {
    await putTogether({ storage, plan, join, job: value }, out, { ...lab, onEvent });
    return false;
  }
  return runTo(value, out, { ...lab, ...leaseOf(plan) }, onEvent);
}
