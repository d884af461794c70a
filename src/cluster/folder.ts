// A plan as a folder: plan.json, a line of jobs.jsonl for each job, their folders, and marks of what became of them.

import { concatBytes } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import type { JobValue } from "../lab/types.ts";
import { canonicalJson } from "../run/portable.ts";
import { jsonOf, type Storage } from "../storage/index.ts";
import type { Plan, PlannedJob, Stage } from "./types.ts";

const PLAN_FILE = "plan.json";
const JOBS_FILE = "jobs.jsonl";
/** Folder of the whole. */
export const RESULT = "result";

/** Folder of a step, which is laid out as a plan of its own would be. */
export function stepFolder(name: string): string {
  return `steps/${name}`;
}

/** Jobs and marks in one folder: listing it stays quick. */
const BLOCK = 1000;
/** Bytes of the file of jobs that are read at once. */
const PIECE = 2 ** 14;

/** What of a plan is made elsewhere: its jobs, which may be many, come one by one. */
export interface NewPlan {
  readonly plan: Omit<Plan, "format" | "bytes">;
  readonly jobs: Iterable<PlannedJob>;
}

/**
 * Writes a plan. Where the same is there already, nothing is done.
 *
 * @throws DatadamError RUN_EXISTS where the folder holds another plan, or something else
 */
export async function writePlan(storage: Storage, { plan, jobs }: NewPlan): Promise<Plan> {
  const there = await jsonOf(storage, PLAN_FILE);
  if (there !== undefined) {
    const earlier = checkPlan(there, storage.name);
    if (identityOf(earlier) === identityOf(plan)) return earlier;
    throw new DatadamError("RUN_EXISTS", `${storage.name} already holds another plan`, {
      hint: "Choose another folder, or remove it with all its jobs.",
    });
  }
  const others = (await storage.list()).filter((name) => name !== JOBS_FILE);
  if (others.length > 0) {
    throw new DatadamError("RUN_EXISTS", `${storage.name} already holds something else: ${others[0]}`, {
      hint: "Choose another folder.",
    });
  }
  const bytes = encodeLines(jobs);
  await storage.write(JOBS_FILE, bytes);
  const whole: Plan = { format: "datadam-plan/1", ...plan, bytes: bytes.length };
  await storage.write(PLAN_FILE, `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/** What makes two plans the same: all but when, where and how quickly. */
function identityOf({ job, vary, stages, join, lease, folder }: Omit<Plan, "format" | "bytes">): string {
  const cut = stages.map(({ needs: _, ...stage }) => stage);
  return canonicalJson({ job: withoutPlace(job), vary: vary ?? null, stages: cut, join, lease, folder });
}

function withoutPlace({ execution: _, ...job }: JobValue): unknown {
  return job;
}

function encodeLines(jobs: Iterable<PlannedJob>): Uint8Array {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    pieces.push(encoder.encode(lines.join("")));
    lines = [];
  };
  for (const job of jobs) {
    if (lines.push(`${JSON.stringify(job)}\n`) >= BLOCK) flush();
  }
  flush();
  return concatBytes(pieces);
}

/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export async function readPlan(storage: Storage): Promise<Plan> {
  const content = await jsonOf(storage, PLAN_FILE);
  if (content !== undefined) return checkPlan(content, storage.name);
  throw new DatadamError("RUN_NOT_FOUND", `No plan in ${storage.name}: there is no ${PLAN_FILE}`, {
    hint: "Give the folder of a plan, or plan a job into this one first.",
  });
}

function checkPlan(content: unknown, name: string): Plan {
  const plan = content as Partial<Plan> | null;
  const whole =
    plan?.format === "datadam-plan/1" &&
    Array.isArray(plan.stages) &&
    plan.stages.every(({ first, count }: Stage) => Number.isSafeInteger(first) && Number.isSafeInteger(count)) &&
    typeof plan.job?.kind === "string" &&
    typeof plan.join?.how === "string" &&
    typeof plan.lease === "number" &&
    typeof plan.folder === "string";
  if (whole) return plan as Plan;
  throw new DatadamError("INVALID_RUN", `${name}/${PLAN_FILE} does not hold a plan`, {
    hint: "Put the original file back, or plan again into another folder.",
  });
}

/** How many jobs a plan has. */
export function countOf({ stages }: Pick<Plan, "stages">): number {
  return stages.reduce((sum, { count }) => sum + count, 0);
}

/** The stage of a job. @throws DatadamError INVALID_OPTION where the plan has no such job */
export function stageOf(plan: Plan, index: number): Stage {
  const found = plan.stages.find(({ first, count }) => index >= first && index < first + count);
  if (found !== undefined) return found;
  throw new DatadamError("INVALID_OPTION", `There is no job ${index} in this plan`, {
    hint: `Its jobs are 0 to ${countOf(plan) - 1}.`,
  });
}

/** The folder of a job within that of the plan. */
export function folderOf(plan: Plan, index: number): string {
  return stageOf(plan, index).out ?? `jobs/${blockOf(index)}/${nameOf(index)}`;
}

/** The name of the folder that the marks of a job, and those of up to 999 others, share. */
export function blockOf(index: number): string {
  return String(Math.floor(index / BLOCK)).padStart(4, "0");
}

/** Numbers as names sort like numbers. */
export function nameOf(index: number): string {
  return String(index).padStart(7, "0");
}

/**
 * Reads the line of a job, found by bisection: lines are in the order of their numbers.
 *
 * @throws DatadamError INVALID_OPTION where the plan has no such job, INVALID_RUN where the file is damaged
 */
export async function readJob(storage: Storage, plan: Plan, index: number): Promise<PlannedJob> {
  stageOf(plan, index);
  let [low, high] = [0, plan.bytes];
  while (low < high) {
    // The first whole line at or after the middle decides on which side to look.
    const middle = low + Math.floor((high - low) / 2);
    const at = middle === low ? low : await lineAfter(storage, middle - 1, high);
    if (at === undefined) {
      // No line begins after the middle.
      high = middle;
      continue;
    }
    const { job, end } = await lineAt(storage, at, plan.bytes);
    if (job.index === index) return job;
    if (job.index < index) low = end;
    else high = middle;
  }
  throw damaged(storage);
}

/** The position of the first line that begins after the byte at `from`. */
async function lineAfter(storage: Storage, from: number, end: number): Promise<number | undefined> {
  for (let at = from; at < end; at += PIECE) {
    const found = (await storage.readAt(JOBS_FILE, at, Math.min(PIECE, end - at))).indexOf(10);
    if (found >= 0) return at + found + 1 < end ? at + found + 1 : undefined;
  }
  return undefined;
}

async function lineAt(storage: Storage, from: number, end: number): Promise<{ job: PlannedJob; end: number }> {
  for (let length = PIECE; ; length *= 4) {
    const bytes = await storage.readAt(JOBS_FILE, from, Math.min(length, end - from));
    const stop = bytes.indexOf(10);
    if (stop >= 0) return { job: parseLine(bytes.subarray(0, stop), storage), end: from + stop + 1 };
    if (from + length >= end) throw damaged(storage);
  }
}

function parseLine(bytes: Uint8Array, storage: Storage): PlannedJob {
  try {
    const job = JSON.parse(new TextDecoder().decode(bytes)) as PlannedJob;
    const whole = Number.isSafeInteger(job?.index) && typeof job.title === "string";
    if (whole && typeof job.job?.kind === "string") return job;
  } catch {
    // The error below is thrown.
  }
  throw damaged(storage);
}

function damaged({ name }: Storage): DatadamError {
  return new DatadamError("INVALID_RUN", `${name}/${JOBS_FILE} is damaged`, {
    hint: "Plan again into another folder.",
  });
}
