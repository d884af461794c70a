// Marks of what became of the jobs of a plan: a small file each, in folders that are listed quickly.

import { jsonOf, type Storage } from "../storage/index.ts";
import { blockOf, nameOf } from "./folder.ts";
import type { Done, Failed, Plan } from "./types.ts";

const FOLDERS = { done: "marks/done", failed: "marks/failed" } as const;

type Mark = keyof typeof FOLDERS;

function pathOf(mark: Mark, index: number): string {
  return `${FOLDERS[mark]}/${blockOf(index)}/${nameOf(index)}.json`;
}

/** Undefined where the job is not done. @throws DatadamError INVALID_RUN */
export async function readDone(storage: Storage, index: number): Promise<Done | undefined> {
  return (await jsonOf(storage, pathOf("done", index))) as Done | undefined;
}

export async function isDone(storage: Storage, index: number): Promise<boolean> {
  return (await storage.size(pathOf("done", index))) !== undefined;
}

/** Of several that did the same job, the first mark stays. A failure before is forgotten. */
export async function markDone(storage: Storage, done: Done): Promise<void> {
  await storage.create(pathOf("done", done.index), `${JSON.stringify(done)}\n`);
  await storage.remove(pathOf("failed", done.index));
}

/** Undefined where the job has not failed. @throws DatadamError INVALID_RUN */
export async function readFailed(storage: Storage, index: number): Promise<Failed | undefined> {
  return (await jsonOf(storage, pathOf("failed", index))) as Failed | undefined;
}

/** Keeps why a job failed, and how often it has. */
export async function markFailed(storage: Storage, failed: Omit<Failed, "attempts">): Promise<void> {
  const before = await readFailed(storage, failed.index).catch(() => undefined);
  const attempts = (before?.attempts ?? 0) + 1;
  await storage.write(pathOf("failed", failed.index), `${JSON.stringify({ ...failed, attempts })}\n`);
}

/** Forgets that jobs failed, so that they are tried again. */
export async function forgetFailures(storage: Storage, plan: Plan): Promise<void> {
  for (const index of await marked(storage, "failed", plan)) await storage.remove(pathOf("failed", index));
}

/** Numbers of the jobs that have a mark. */
export async function marked(storage: Storage, mark: Mark, plan: Plan): Promise<Set<number>> {
  return numbersIn(storage, FOLDERS[mark], plan);
}

/** Numbers of the jobs that have a folder of their own by number. */
export async function begun(storage: Storage, plan: Plan): Promise<Set<number>> {
  return numbersIn(storage, "jobs", plan);
}

async function numbersIn(storage: Storage, folder: string, { stages }: Plan): Promise<Set<number>> {
  const last = stages.reduce((most, { first, count }) => Math.max(most, first + count), 0);
  const found = new Set<number>();
  for (const block of await storage.list(folder)) {
    if (!block.endsWith("/")) continue;
    for (const name of await storage.list(`${folder}/${block.slice(0, -1)}`)) {
      const number = /^(\d{7,})(\.json|\/)$/.exec(name)?.[1];
      if (number !== undefined && Number(number) < last) found.add(Number(number));
    }
  }
  return found;
}
