// A storage under which the process dies at a chosen write, and what of a folder is the same whoever wrote it.

import { createHash } from "node:crypto";
import type { Clock, Storage } from "../../src/storage/index.ts";

/** Time stands still: no heart beats, and records are of one time. */
export const still: Clock = {
  now: () => 0,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
};

/** The writes that a process may still do, shared by all storages that it writes. */
export interface Life {
  left: number;
  /** Writes that were done. */
  done: number;
}

/** From the write after the last one on, nothing works any more: no tidying up either. */
export function mortal(storage: Storage, life: Life): Storage {
  const alive = (): void => {
    if (life.left < 0) throw new Error("killed");
  };
  const spend = (): void => {
    alive();
    life.left--;
    alive();
    life.done++;
  };
  return {
    name: storage.name,
    async read(path) {
      alive();
      return storage.read(path);
    },
    async readAt(path, position, length) {
      alive();
      return storage.readAt(path, position, length);
    },
    async size(path) {
      alive();
      return storage.size(path);
    },
    async list(folder) {
      alive();
      return storage.list(folder);
    },
    async write(path, content) {
      spend();
      return storage.write(path, content);
    },
    async create(path, content) {
      spend();
      return storage.create(path, content);
    },
    async append(path, content) {
      spend();
      return storage.append(path, content);
    },
    async remove(path) {
      spend();
      return storage.remove(path);
    },
    async sweep(folder) {
      return storage.sweep(folder);
    },
    at: (folder) => mortal(storage.at(folder), life),
  };
}

/** All files of a folder without what tells of claims and of seconds, by path. */
export async function contentOf(storage: Storage, prefix = ""): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of await storage.list()) {
    if (name === "claims/" || name === "events.jsonl") continue;
    if (name.endsWith("/")) {
      Object.assign(found, await contentOf(storage.at(name.slice(0, -1)), `${prefix}${name}`));
      continue;
    }
    const bytes = (await storage.read(name))!;
    const path = prefix + name.replace(/(state-\d+)\.\d+/, "$1");
    if (name.endsWith(".json")) found[path] = timeless(JSON.parse(new TextDecoder().decode(bytes)));
    else if (name.endsWith(".jsonl")) {
      const lines = new TextDecoder().decode(bytes).trim().split("\n");
      // Journals are by key: work side by side ends in any order.
      const ordered = name.startsWith("journal") ? lines.toSorted(byKey) : lines;
      found[path] = ordered.filter((line) => line !== "").map((line) => timeless(JSON.parse(line)));
    } else found[path] = createHash("sha256").update(bytes).digest("hex");
  }
  return found;
}

function byKey(a: string, b: string): number {
  const [one, other] = [a, b].map((line) => (JSON.parse(line) as { key: string }).key);
  return one! < other! ? -1 : 1;
}

/** What a result says of the process that ended it. */
const OF_PROCESS = new Set("claim time seconds wholeSeconds secondsPerDraw secondsPerTraining loss".split(" "));

/** A value without the keys that another process has otherwise. */
function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key]) => !OF_PROCESS.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, timeless(inner)]));
}
