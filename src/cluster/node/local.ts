// A plan on this machine: jobs in processes beside this one, tried again where they ended early.

import type { Storage } from "../../storage/types.ts";
import { isDone, markFailed, readFailed } from "../marks.ts";
import { type Liveness, statesOf } from "../status.ts";
import type { JobState, Plan } from "../types.ts";
import { CODES, JobProcesses } from "./processes.ts";

/** Milliseconds before a job is tried again: after its first failure, at most, and where another was at it. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
const BUSY_WAIT = 2000;

export interface PoolOptions extends Liveness {
  /** Processes at once. */
  readonly workers: number;
  /** How often a job that failed is tried again. */
  readonly retries: number;
  /** The words that do jobs whose numbers come from stdin: a program and its arguments. */
  readonly words: readonly string[];
  /** Its abortion is passed on as SIGTERM, and waited for. */
  readonly signal: AbortSignal;
  readonly host: string;
  /** Told after each job. */
  readonly onEnd?: (done: number, total: number) => void;
  readonly onFailure?: (index: number, why: string, again: boolean) => void;
}

interface Waiting {
  readonly index: number;
  readonly failures: number;
  /** Not before this time. */
  readonly at: number;
}

/**
 * Does what is missing of a plan, stage by stage.
 *
 * @returns the jobs that failed for good; the stages after theirs were not begun.
 * @throws the reason of `signal`, when all processes have ended
 */
export async function runLocally(storage: Storage, plan: Plan, options: PoolOptions): Promise<number[]> {
  const total = plan.stages.reduce((sum, { count }) => sum + count, 0);
  const { states } = await statesOf(storage, plan, options);
  let done = [...states.values()].filter((state) => state === "done").length;
  options.onEnd?.(done, total);
  const processes = new JobProcesses(() => options.words);
  try {
    for (const { first, count } of plan.stages) {
      const order: readonly (JobState | undefined)[] = [undefined, "stopped", "lost", "failed", "running"];
      const all = Array.from({ length: count }, (_, i) => first + i).filter((index) => states.get(index) !== "done");
      // What others are at comes last.
      all.sort((a, b) => order.indexOf(states.get(a)) - order.indexOf(states.get(b)) || a - b);
      const failed = await runStage(storage, all, processes, options, () => {
        done++;
        options.onEnd?.(done, total);
      });
      if (failed.length > 0) return failed;
    }
    return [];
  } finally {
    processes.close();
  }
}

async function runStage(
  storage: Storage,
  indices: readonly number[],
  processes: JobProcesses,
  options: PoolOptions,
  onDone: () => void,
): Promise<number[]> {
  const { workers, retries, signal, onFailure, host } = options;
  const failed: number[] = [];
  let waiting: Waiting[] = indices.map((index) => ({ index, failures: 0, at: 0 }));
  const next = (): Waiting | undefined => {
    const now = performance.now();
    const at = waiting.findIndex((one) => one.at <= now);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const again = (one: Waiting, milliseconds: number): void => {
    waiting.push({ ...one, at: performance.now() + milliseconds });
  };
  const doOne = async (one: Waiting): Promise<void> => {
    const { index } = one;
    const ended = await processes.run(storage.name, index, signal);
    if (await isDone(storage, index)) return onDone();
    if (signal.aborted) return;
    if (ended.code === CODES.again) return again(one, BUSY_WAIT);
    const failures = one.failures + 1;
    const retried = failures <= retries && ended.code !== CODES.wrong;
    if (ended.signal !== null) {
      const time = new Date().toISOString();
      const message = `its process was ended by ${ended.signal}`;
      await markFailed(storage, { index, code: "FAILED", message, host, time }).catch(() => undefined);
    }
    onFailure?.(index, (await readFailed(storage, index).catch(() => undefined))?.message ?? ended.why, retried);
    if (retried) again({ ...one, failures }, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** one.failures));
    else failed.push(index);
  };
  const busy = new Set<Promise<void>>();
  while ((waiting.length > 0 && !signal.aborted) || busy.size > 0) {
    while (busy.size < workers && !signal.aborted) {
      const one = next();
      if (one === undefined) break;
      const work = doOne(one).finally(() => busy.delete(work));
      busy.add(work);
    }
    const soonest = Math.min(...waiting.map(({ at }) => at)) - performance.now();
    const idle = busy.size < workers && waiting.length > 0 && !signal.aborted;
    await Promise.race([...busy, ...(idle ? [sleep(Math.max(10, soonest), signal)] : [])]);
  }
  waiting = [];
  signal.throwIfAborted();
  return failed.sort((a, b) => a - b);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
