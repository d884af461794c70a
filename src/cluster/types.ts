// Plans: a job cut into numbered jobs that share nothing but files, in stages where one needs another.

import type { JobValue } from "../lab/types.ts";

/** What a job needs, measured on the machine that planned it. */
export interface Needs {
  readonly seconds: number;
  /** Most bytes that its process holds; null where memory was not measured. */
  readonly memory: number | null;
  /** Bytes that it leaves. */
  readonly disk: number;
}

/** Jobs of a plan by their numbers: `count` from `first` on. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** Jobs that may run at once. A stage begins where all jobs of the stages before it are done. */
export interface Stage extends Range {
  /** e.g. `classes`. */
  readonly name: string;
  /** The most that any of its jobs needs; null where that was not measured. */
  readonly needs: Needs | null;
  /** The folder of its only job, within the plan's. Default: by number, see `folderOf`. */
  readonly out?: string | undefined;
}

/** How the whole is put together. */
export type Join =
  /** The only job left it in `result`. */
  | { readonly how: "whole" }
  /** Shards of classes. */
  | ({ readonly how: "runs" | "banks" } & Range)
  /** Parts whose journals together are that of the whole. */
  | ({ readonly how: "journals" } & Range)
  /** The jobs have written into `result`, and the whole job finds it there. */
  | { readonly how: "found" }
  /** Jobs that stand for themselves: a list of them. */
  | { readonly how: "list" }
  /** Steps, each of which was put together in its own folder: a list of them. */
  | { readonly how: "steps"; readonly names: readonly string[] };

/** `plan.json`. */
export interface Plan {
  readonly format: "datadam-plan/1";
  /** The whole job. */
  readonly job: JobValue;
  /** Of a sweep: the values of each dotted key of the job. */
  readonly vary?: Vary | undefined;
  /** What it was cut by, e.g. `classes`, or `nothing`. */
  readonly by: string;
  /** Why it was cut so, or not at all, in sentences. */
  readonly notes: readonly string[];
  readonly stages: readonly Stage[];
  readonly join: Join;
  /** Seconds without a beat after which the owner of a job counts as gone. */
  readonly lease: number;
  /** The folder that paths of its jobs are relative to, from the plan's own folder. */
  readonly folder: string;
  /** Of the file of jobs. */
  readonly bytes: number;
  readonly versions: Readonly<Record<string, string>>;
  /** What its needs were measured on. */
  readonly machine: Readonly<Record<string, unknown>>;
  /** ISO time. */
  readonly created: string;
}

export type Vary = Readonly<Record<string, readonly unknown[]>>;

/** What a file says to be that holds jobs one after the other. */
export const STEPS = "steps";

/** Whether a value is steps, not a job. */
export function isSteps(value: unknown): boolean {
  return (value as { readonly kind?: unknown } | null)?.kind === STEPS;
}

/** A line of `jobs.jsonl`: a job of the lab; with `join`, the whole of which earlier jobs are the parts. */
export interface PlannedJob {
  /** From 0. */
  readonly index: number;
  /** From 0. */
  readonly stage: number;
  /** e.g. `classes 0-4`. */
  readonly title: string;
  readonly needs: Needs | null;
  readonly job: JobValue;
  readonly join?: Join | undefined;
}

/** How a queue stands, and the first of its jobs that run. */
export interface QueueState {
  /** Jobs that wait for a worker, those that come back later, and those that run. */
  readonly waiting: number;
  readonly later: number;
  readonly running: number;
  readonly workers: number;
  readonly jobs: readonly { readonly plan: string; readonly index: number; readonly text: string }[];
}

/** What became of a job. */
export type JobState = "done" | "failed" | "running" | "lost" | "stopped" | "waiting";

/** Kept of a job that is done. */
export interface Done {
  readonly index: number;
  /** Of the process that did it; 0 where it was found finished. */
  readonly seconds: number;
  /** The instruction sets that its bytes depend on; null where they are not known. */
  readonly machine: string | null;
  readonly host: string | null;
  /** ISO time. */
  readonly time: string;
}

/** Kept of a job that failed, until it is done. */
export interface Failed {
  readonly index: number;
  /** So many times. */
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly host: string | null;
  /** ISO time. */
  readonly time: string;
}
