// What tests of plans share: a plan of small jobs, and its work in this process.

import type { CutOptions } from "../../src/cluster/cut/index.ts";
import { countOf } from "../../src/cluster/folder.ts";
import { cutJob, type WorkOptions, work, writePlan } from "../../src/cluster/index.ts";
import type { Plan } from "../../src/cluster/types.ts";
import { createEngine } from "../../src/engine/index.ts";
import type { JobValue, LabOptions, Readers, Storage } from "../../src/lab/index.ts";
import { readersOf, small } from "../lab/support.ts";

/** A plan of `count` jobs, without the jobs. */
export function planOf(count: number): Omit<Plan, "format" | "bytes"> {
  return {
    ...{
      job: small,
      by: "points",
      notes: [],
      join: { how: "list" },
      lease: 30,
      folder: ".",
      versions: {},
      machine: {},
    },
    stages: [{ name: "points", first: 0, count, needs: null }],
    created: "2026-01-01T00:00:00.000Z",
  };
}

/** Readers that find what lies in a plan, which its jobs call `plan`. */
export function readersIn(plan: Storage, others: Readers = readersOf()): Readers {
  return {
    ...others,
    storage: (path) => (path.startsWith("plan/") ? plan.at(path.slice(5)) : others.storage(path)),
  };
}

export function labOptions(plan: Storage): LabOptions {
  return { engine: createEngine, readers: readersIn(plan) };
}

export function workerOf(plan: Storage, options: Partial<WorkOptions> = {}): WorkOptions {
  return { ...labOptions(plan), owner: { id: "worker" }, machine: "test", ...options };
}

/** Cuts a job into a plan; nothing is measured. */
export async function planned(
  storage: Storage,
  job: JobValue,
  options: Partial<CutOptions> = {},
  lab: LabOptions = labOptions(storage),
): Promise<Plan> {
  const how = { pieces: 100, place: "plan", folder: ".", measured: false, ...options };
  const tell = { note() {}, warn() {}, progress() {} };
  return writePlan(storage, await cutJob({ ...job }, how, lab, tell));
}

/** Does all jobs of a plan, one after the other. */
export async function workAll(storage: Storage, plan: Plan, options: Partial<WorkOptions> = {}): Promise<void> {
  for (let index = 0; index < countOf(plan); index++) await work(storage, plan, index, workerOf(storage, options));
}

/** A job of the built-in set, for processes. */
export const SMALL_JOB = {
  kind: "distill",
  data: { dataset: "builtin" },
  method: { preset: "quick", ipc: 1, iterations: 4, width: 8, batchReal: 8 },
  execution: { workers: 1 },
} as const;
