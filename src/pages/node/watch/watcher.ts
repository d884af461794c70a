// All jobs and plans below a folder, looked at again and again.

import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Change, PlanLine, QueueLine, RunLine } from "../../watch/types.ts";
import { jobsOfPlan, SHOWN_JOBS, WatchedPlan } from "./watchedPlan.ts";
import { type QueueView, WatchedQueue } from "./watchedQueue.ts";
import { WatchedRun } from "./watchedRun.ts";

/** Milliseconds between two looks at the jobs, and between two searches for new ones. */
const LOOK_EVERY = 1000;
const SEARCH_EVERY = 3000;
/** How deep folders are entered, and how many jobs are shown at most. */
const DEPTH = 6;
const MOST = 2000;
/** Plans that are shown at most. */
const MOST_PLANS = 50;
/** Folders of a job, and of a plan, that hold no jobs. */
const NO_JOBS = new Set(["checkpoints", "claims", "stages", "statistics", "networks", "png", "node_modules"]);
const NO_JOBS_OF_PLAN = new Set(["marks", "logs"]);

export class Watcher {
  readonly #root: string;
  readonly #runs = new Map<string, WatchedRun>();
  readonly #plans = new Map<string, WatchedPlan>();
  readonly #told = new Map<string, string>();
  readonly #listeners = new Set<(change: Change) => void>();
  #lines: RunLine[] = [];
  #planLines: PlanLine[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #searched = Number.NEGATIVE_INFINITY;
  #closed = false;
  #begun: Promise<void> | undefined;

  readonly #queue: WatchedQueue | undefined;

  /** @param queue where jobs of plans wait, if anywhere: closed with the watcher */
  constructor(root: string, queue?: QueueView | undefined) {
    this.#root = root;
    this.#queue = queue && new WatchedQueue(queue, (line) => this.#tell({ runs: [], gone: [], queue: line }));
  }

  /** Looks once, then goes on by itself until it is closed. Gives when the first look is done. */
  start(): Promise<void> {
    if (this.#begun === undefined) void this.#queue?.start();
    this.#begun ??= this.look()
      .catch(() => undefined)
      .finally(() => this.#next());
    return this.#begun;
  }

  get lines(): readonly RunLine[] {
    return this.#lines;
  }

  get plans(): readonly PlanLine[] {
    return this.#planLines;
  }

  get queue(): QueueLine | undefined {
    return this.#queue?.line;
  }

  run(id: string): WatchedRun | undefined {
    return [...this.#runs.values()].find((run) => run.id === id);
  }

  /** @param told each change, until the function that this gives is called */
  listen(told: (change: Change) => void): () => void {
    this.#listeners.add(told);
    return () => this.#listeners.delete(told);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await this.#queue?.close();
  }

  async look(): Promise<void> {
    const now = Date.now();
    if (now - this.#searched >= SEARCH_EVERY) {
      this.#searched = now;
      await this.#search("", 0, false);
    }
    const gone: string[] = [];
    const lines: RunLine[] = [];
    for (const [name, run] of this.#runs) {
      if (await run.look()) {
        lines.push(run.line(now));
        continue;
      }
      this.#runs.delete(name);
      this.#told.delete(run.id);
      gone.push(run.id);
    }
    this.#lines = lines;
    const runs = lines.filter((line) => {
      const text = JSON.stringify(line);
      if (this.#told.get(line.id) === text) return false;
      this.#told.set(line.id, text);
      return true;
    });
    const plans = await this.#lookAtPlans();
    if (runs.length + gone.length === 0 && plans === undefined) return;
    this.#tell({ runs, gone, ...(plans && { plans }) });
  }

  #tell(change: Change): void {
    for (const told of this.#listeners) told(change);
  }

  /** All lines of plans where one has changed. */
  async #lookAtPlans(): Promise<PlanLine[] | undefined> {
    const lines: PlanLine[] = [];
    for (const [name, plan] of this.#plans) {
      if (!(await plan.look())) this.#plans.delete(name);
      else if (plan.line !== undefined) lines.push(plan.line);
    }
    const changed = JSON.stringify(lines) !== JSON.stringify(this.#planLines);
    this.#planLines = lines;
    return changed ? lines : undefined;
  }

  #next(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.look()
        .catch(() => undefined)
        .finally(() => this.#next());
    }, LOOK_EVERY);
  }

  async #search(folder: string, depth: number, inside: boolean): Promise<void> {
    if (depth > DEPTH || this.#runs.size >= MOST) return;
    let entries: Dirent[];
    try {
      entries = await readdir(join(this.#root, folder), { withFileTypes: true });
    } catch {
      return; // It was removed meanwhile, or may not be read.
    }
    const has = (name: string): boolean => entries.some((entry) => entry.name === name && entry.isFile());
    const holds = has("job.json");
    const plans = has("plan.json") && has("jobs.jsonl");
    if (plans && !this.#plans.has(folder) && this.#plans.size < MOST_PLANS)
      this.#plans.set(folder, new WatchedPlan(this.#root, folder));
    const many = plans && ((await jobsOfPlan(join(this.#root, folder))) ?? 0) > SHOWN_JOBS;
    if (holds && !this.#runs.has(folder)) this.#runs.set(folder, new WatchedRun(this.#root, folder, inside));
    // Links are no folders here: nothing outside is entered.
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || NO_JOBS.has(entry.name)) continue;
      if (plans && (NO_JOBS_OF_PLAN.has(entry.name) || (many && entry.name === "jobs"))) continue;
      // The whole of a plan is no part of another run.
      const part = inside || holds || (plans && entry.name !== "result");
      await this.#search(folder === "" ? entry.name : `${folder}/${entry.name}`, depth + 1, part);
    }
  }
}
