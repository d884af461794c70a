// The whole of a plan, put together from its jobs in the folder `result`: what a single run would have left.

import pMap from "p-map";
import { DatadamError } from "../errors.ts";
import { type Finished, readFinished } from "../lab/index.ts";
import { type Storage, systemClock } from "../storage/index.ts";
import { countOf, folderOf, RESULT, readJob, stepFolder } from "./folder.ts";
import { putTogether } from "./joining.ts";
import { marked, readDone } from "./marks.ts";
import { COLLECTED, missingIn } from "./status.ts";
import type { Plan, Vary } from "./types.ts";
import type { WorkOptions } from "./work.ts";

/** The lists of a sweep and of steps, within `result`. */
const LIST_FILE = "sweep.json";
const STEPS_FILE = "steps.json";
/** Numbers that a message names. */
const NAMED = 5;
/** At most so many files are read at once. */
const AT_ONCE = 16;

export interface Collected {
  /** Of the result. */
  readonly folder: string;
  readonly by: string;
  readonly jobs: number;
  /** Where bytes may differ from those of a single run: on which jobs, and why. None where they are the same. */
  readonly warnings: readonly string[];
}

/** A line of the list of a sweep. */
interface Point {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Within the plan. */
  readonly folder: string;
  readonly result: unknown;
}

/**
 * Puts the whole together. What is there already is kept.
 *
 * @throws DatadamError PLAN_UNFINISHED where jobs are missing or failed, naming them; RUN_HELD where another process is
 *   at it
 */
export async function collect(storage: Storage, plan: Plan, options: WorkOptions): Promise<Collected> {
  await requireDone(storage, plan);
  const out = storage.at(RESULT);
  const { machine: _, workers: __, ...lab } = options;
  const { join, job } = plan;
  if (join.how === "list") await writeList(storage, plan, out);
  else if (join.how === "steps") await writeSteps(storage, join.names, out);
  else await putTogether({ storage, plan, join, job }, out, lab);
  const warnings = await differencesOf(storage, plan);
  const collected = { folder: out.name, by: plan.by, jobs: countOf(plan), warnings };
  const time = new Date((options.clock ?? systemClock).now()).toISOString();
  await storage.write(COLLECTED, `${JSON.stringify({ time, warnings }, undefined, 2)}\n`);
  return collected;
}

async function requireDone(storage: Storage, plan: Plan): Promise<void> {
  const missing = await missingIn(storage, plan);
  const count = countOf(plan);
  if (missing.length === 0) return;
  const marks = await marked(storage, "failed", plan);
  const failed = missing.filter((index) => marks.has(index));
  const why = failed.length === 0 ? "" : `; of these ${failed.length} failed: ${short(failed)}`;
  throw new DatadamError(
    "PLAN_UNFINISHED",
    `${missing.length} of ${count} jobs of ${storage.name} are not done: ${short(missing)}${why}`,
    { hint: "Submit the plan again: only what is missing is done." },
  );
}

function short(numbers: readonly number[]): string {
  const shown = numbers.slice(0, NAMED).join(", ");
  return numbers.length > NAMED ? `${shown}, ...` : shown;
}

async function writeList(storage: Storage, plan: Plan, out: Storage): Promise<void> {
  const one = async (index: number): Promise<Point> => {
    const folder = folderOf(plan, index);
    const [{ title }, finished] = await Promise.all([
      readJob(storage, plan, index),
      readFinished(storage.at(folder)) as Promise<Finished>,
    ]);
    return { title, values: pointOf(plan.vary ?? {}, index), folder, result: finished.result };
  };
  const points = await pMap(Array(countOf(plan)).keys(), one, { concurrency: AT_ONCE });
  await out.write(LIST_FILE, `${JSON.stringify({ vary: plan.vary, points }, undefined, 1)}\n`);
}

async function writeSteps(storage: Storage, names: readonly string[], out: Storage): Promise<void> {
  const one = async (name: string): Promise<object> => {
    const folder = `${stepFolder(name)}/${RESULT}`;
    const { result } = (await readFinished(storage.at(folder))) as Finished;
    return { name, folder, result };
  };
  await out.write(STEPS_FILE, `${JSON.stringify({ steps: await Promise.all(names.map(one)) }, undefined, 1)}\n`);
}

/** The values of a point of a sweep: the last key counts fastest. */
export function pointOf(vary: Vary, index: number): Record<string, unknown> {
  const values: [string, unknown][] = [];
  let left = index;
  for (const [key, choices] of Object.entries(vary).reverse()) {
    values.unshift([key, choices[left % choices.length]]);
    left = Math.floor(left / choices.length);
  }
  return Object.fromEntries(values);
}

/** Jobs that ran on other instruction sets than most: their last bits may be others. */
async function differencesOf(storage: Storage, plan: Plan): Promise<string[]> {
  const marks = await pMap(Array(countOf(plan)).keys(), (index) => readDone(storage, index), { concurrency: AT_ONCE });
  const by = new Map<string, number[]>();
  for (const [index, mark] of marks.entries()) {
    const machine = mark?.machine ?? "unknown instruction sets";
    by.set(machine, [...(by.get(machine) ?? []), index]);
  }
  if (by.size < 2) return [];
  const [[most], ...others] = [...by].sort(([, a], [, b]) => b.length - a.length) as [[string, number[]]];
  return (others as [string, number[]][]).map(
    ([machine, jobs]) =>
      `jobs ${short(jobs)} ran on ${machine}, others on ${most}: their last bits may differ from a single run's`,
  );
}
