// All jobs below a folder, looked at again and again.

import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Change, RunLine } from "../../watch/types.ts";
import { WatchedRun } from "./watchedRun.ts";

/** Milliseconds between two looks at the jobs, and between two searches for new ones. */
const LOOK_EVERY = 1000;
const SEARCH_EVERY = 3000;
/** How deep folders are entered, and how many jobs are shown at most. */
const DEPTH = 6;
const MOST = 2000;
/** Folders of a job that hold no jobs. */
const NO_JOBS = new Set(["checkpoints", "claims", "stages", "statistics", "networks", "png", "node_modules"]);

export class Watcher {
  readonly #root: string;
  readonly #runs = new Map<string, WatchedRun>();
  readonly #told = new Map<string, string>();
  readonly #listeners = new Set<(change: Change) => void>();
  #lines: RunLine[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #searched = Number.NEGATIVE_INFINITY;
  #closed = false;
  #begun: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Looks once, then goes on by itself until it is closed. Gives when the first look is done. */
  start(): Promise<void> {
    this.#begun ??= this.look()
      .catch(() => undefined)
      .finally(() => this.#next());
    return this.#begun;
  }

  get lines(): readonly RunLine[] {
    return this.#lines;
  }

  run(id: string): WatchedRun | undefined {
    return [...this.#runs.values()].find((run) => run.id === id);
  }

  /** @param told each change, until the function that this gives is called */
  listen(told: (change: Change) => void): () => void {
    this.#listeners.add(told);
    return () => this.#listeners.delete(told);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
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
    if (runs.length + gone.length > 0) for (const told of this.#listeners) told({ runs, gone });
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
    const holds = entries.some((entry) => entry.name === "job.json" && entry.isFile());
    if (holds && !this.#runs.has(folder)) this.#runs.set(folder, new WatchedRun(this.#root, folder, inside));
    // Links are no folders here: nothing outside is entered.
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || NO_JOBS.has(entry.name)) continue;
      await this.#search(folder === "" ? entry.name : `${folder}/${entry.name}`, depth + 1, inside || holds);
    }
  }
}
