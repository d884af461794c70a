// What the watch page is told.

import type { JobState, QueueState } from "../../cluster/types.ts";

/** How a job stands. `silent`: begun, not ended, and nothing was written for a while. */
export type Status = "running" | "finished" | "failed" | "stopped" | "silent" | "unreadable";

/** A job's folder in a line. */
export interface RunLine {
  /** Made of the path: names it in addresses. */
  readonly id: string;
  /** Below the folder that is watched, with `/`. */
  readonly name: string;
  /** Whether the folder lies in that of another job. */
  readonly part: boolean;
  readonly kind: string;
  /** In words: data set, method, images a class. */
  readonly about: string;
  readonly status: Status;
  /** What it does, or the last thing it said. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Seconds; null where it is not known. */
  readonly left: number | null;
  /** Rows of metrics so far. */
  readonly rows: number;
  readonly loss: number | null;
  /** Test accuracies in per cent of the newest evaluation. */
  readonly accuracy: number | null;
  readonly random: number | null;
  /** Changes with `grid.png`; null where there is none. */
  readonly grid: number | null;
  readonly report: boolean;
  /** Milliseconds since 1970 of the last change. */
  readonly changed: number;
}

/** A job of a plan, and what there is to say of it. */
interface NamedJob {
  readonly index: number;
  readonly text: string;
}

/** A plan's folder in a line. */
export interface PlanLine {
  readonly id: string;
  /** Below the folder that is watched, with `/`. */
  readonly name: string;
  /** Of the whole job, and what it was cut by. */
  readonly kind: string;
  readonly by: string;
  readonly jobs: number;
  readonly counts: Readonly<Record<JobState, number>>;
  readonly stages: readonly { readonly name: string; readonly count: number; readonly done: number }[];
  /** The first of those that run and that are lost, with who is at them, and of those that failed, with why. */
  readonly running: readonly NamedJob[];
  readonly lost: readonly NamedJob[];
  readonly failed: readonly NamedJob[];
  /** Whether the whole was put together. */
  readonly collected: boolean;
}

/** A queue of jobs of plans. */
export interface QueueLine extends QueueState {
  /** Where it is. */
  readonly name: string;
  /** Why the rest may be old. */
  readonly trouble?: string | undefined;
}

/** A message of the stream: all lines at first, then those that changed. */
export interface Change {
  /** All plans, where one has changed. */
  readonly plans?: readonly PlanLine[] | undefined;
  /** The queue, where it has changed. */
  readonly queue?: QueueLine | undefined;
  readonly runs: readonly RunLine[];
  /** Ids of folders that are gone. */
  readonly gone: readonly string[];
}

/** A curve of a run. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
}
