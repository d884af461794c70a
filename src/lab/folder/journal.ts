// Results of many parts as they come, one line each, by key. What is in a journal is never done again.

import type { Storage } from "../../storage/index.ts";
import { jsonLinesOf, textOf } from "../../storage/index.ts";

/** Results by key. Keys are text, values JSON. */
export interface Journal {
  /** The result under a key, or undefined where there is none yet. */
  get(key: string): unknown;
  keys(): readonly string[];
  /** Adds a result, which then survives a loss of power. @throws RangeError where the key has one already */
  add(key: string, value: unknown): Promise<void>;
}

interface Line {
  readonly claim: number;
  readonly key: string;
  readonly value: unknown;
}

/** Opens a journal for writing under a claim. A last line that a kill cut off is removed, and so are damaged ones. */
export async function openJournal(storage: Storage, claim: number, file: string): Promise<Journal> {
  const lines = await readLines(storage, file);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  if (text !== ((await textOf(storage, file)) ?? "")) await storage.write(file, text);
  const entries = new Map(lines.map(({ key, value }) => [key, value]));
  return {
    get: (key) => entries.get(key),
    keys: () => [...entries.keys()],
    async add(key, value) {
      if (entries.has(key)) throw new RangeError(`${file} has a result of ${key} already`);
      await storage.append(file, `${JSON.stringify({ claim, key, value })}\n`, { flush: true });
      entries.set(key, value);
    },
  };
}

/** The results of a journal that is only read. */
export async function readJournal(storage: Storage, file: string = "journal.jsonl"): Promise<Map<string, unknown>> {
  return new Map((await readLines(storage, file)).map(({ key, value }) => [key, value]));
}

/** The first line of each key, without those of a claim that come after a line of a higher one. */
async function readLines(storage: Storage, file: string): Promise<Line[]> {
  const firstLines = new Map<string, Line>();
  let highest = 0;
  for (const line of (await jsonLinesOf(storage, file)) as Partial<Line>[]) {
    const { claim, key, value } = line ?? {};
    if (typeof claim !== "number" || typeof key !== "string" || value === undefined || claim < highest) continue;
    highest = claim;
    if (!firstLines.has(key)) firstLines.set(key, { claim, key, value });
  }
  return [...firstLines.values()];
}
