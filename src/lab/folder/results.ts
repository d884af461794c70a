// result.json: the evaluations of a run, newest last.

import { DatadamError } from "../../errors.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { type Clock, claim, jsonOf, type Owner, type Storage } from "../../storage/index.ts";
import { indented } from "./indented.ts";

const RESULTS_FILE = "result.json";
/** Folder of the evaluations of a run: a job each. */
export const EVALUATIONS = "evaluations";
/** Milliseconds: between two attempts, and of all of them. */
const WAIT = 20;
const LONGEST_WAIT = 10_000;

/** One evaluation of a run, with the same number of random real images beside it where that was wanted. */
export interface ResultEntry {
  /** Of the job and its network: an evaluation that is done again takes the place of the earlier one. */
  readonly id: string;
  /** ISO time. */
  readonly created: string;
  readonly iteration: number;
  readonly distilled: Evaluation;
  readonly random?: Evaluation | undefined;
  /** Real images that were chosen to stand for all. */
  readonly chosen?: (Evaluation & { readonly method: string }) | undefined;
  readonly whole?: Evaluation | undefined;
  /**
   * Trained on soft labels: SHA-256 of the teacher's parameters; or `stored`, which the distilled row alone has, and
   * the random one those of another teacher, where that is known.
   */
  readonly softLabels?:
    | { readonly teacher: string; readonly temperature?: number | undefined; readonly random?: string | undefined }
    | undefined;
}

/** What the rows are called, in the order in which they are shown. */
export const ROW_NAMES = {
  random: "random real",
  chosen: "chosen real",
  distilled: "distilled",
  whole: "whole set",
} as const;

export type RowName = keyof typeof ROW_NAMES;

/** In their order. */
export const ROWS = Object.keys(ROW_NAMES) as readonly RowName[];

/** Rows under other names than {@link ROW_NAMES}. */
export type RowNames = Readonly<Record<string, string>>;

/** What a row of an evaluation is called. */
export function rowName(row: RowName, { chosen }: Pick<ResultEntry, "chosen">, names: RowNames = {}): string {
  return names[row] ?? (row === "chosen" ? chosen?.method : undefined) ?? ROW_NAMES[row];
}

/** All evaluations of a run so far. @throws DatadamError INVALID_RUN */
export async function readResults(storage: Storage): Promise<ResultEntry[]> {
  const content = (await jsonOf(storage, RESULTS_FILE)) as { evaluations?: ResultEntry[] } | undefined;
  if (content === undefined) return [];
  if (Array.isArray(content?.evaluations)) return content.evaluations;
  throw new DatadamError("INVALID_RUN", `${storage.name}/${RESULTS_FILE} holds no list of evaluations`);
}

/**
 * Adds an evaluation to `result.json`; several processes may do so at once.
 *
 * @throws DatadamError RUN_HELD where another process is at it for ten seconds
 */
export async function addResult(
  storage: Storage,
  entry: ResultEntry,
  by: { readonly owner: Owner; readonly isAlive?: ((owner: Owner) => boolean | undefined) | undefined; clock: Clock },
): Promise<void> {
  for (let waited = 0; ; waited += WAIT) {
    try {
      const claimed = await claim(storage.at(EVALUATIONS), by);
      try {
        await claimed.check();
        const others = (await readResults(storage)).filter(({ id }) => id !== entry.id);
        await storage.write(RESULTS_FILE, indented({ evaluations: [...others, entry] }));
      } finally {
        await claimed.release();
      }
      return;
    } catch (error) {
      if (!(error instanceof DatadamError && error.code === "RUN_HELD") || waited >= LONGEST_WAIT) throw error;
      await by.clock.sleep(WAIT);
    }
  }
}
