// Files of rows that follow a growing number, such as metrics.jsonl by iteration.

import type { Storage } from "../../storage/index.ts";
import { jsonLinesOf, textOf } from "../../storage/index.ts";

/** A row is plain JSON with the number in it. */
export type Row = Readonly<Record<string, unknown>>;

/** A file of rows that is written. */
export interface Rows {
  append(row: Row): Promise<void>;
  /** Waits until what was appended survives a loss of power. */
  flush(): Promise<void>;
}

/**
 * Opens a file of rows to append after number `last`: rows of later numbers (written after the checkpoint that a job
 * resumes from), repeated and half-written ones are removed first.
 */
export async function openRows(storage: Storage, file: string, key: string, last: number): Promise<Rows> {
  const content = await textOf(storage, file);
  const earlier = (await readRows(storage, file, key)).filter((row) => (row[key] as number) <= last);
  const text = earlier.map((row) => `${JSON.stringify(row)}\n`).join("");
  if (content !== undefined && text !== content) await storage.write(file, text);
  return {
    append: (row) => storage.append(file, `${JSON.stringify(row)}\n`),
    flush: () => storage.append(file, "", { flush: true }),
  };
}

/**
 * All whole rows of a file, each number once. A row that a late writer added is one of these: it has the same number,
 * and so the same values.
 */
export async function readRows(storage: Storage, file: string, key: string): Promise<Row[]> {
  let last = Number.NEGATIVE_INFINITY;
  return ((await jsonLinesOf(storage, file)) as Row[]).filter((row) => {
    const number = row?.[key];
    if (typeof number !== "number" || number <= last) return false;
    last = number;
    return true;
  });
}
