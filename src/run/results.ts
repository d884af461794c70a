// result.json: the evaluations of a run, newest last.

import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import type { Evaluation } from "../evaluate/types.ts";
import { readJson, writeAtomic } from "./files.ts";
import { withLock } from "./lock.ts";

/** One evaluation of a run, with the same number of random real images beside it where that was asked for. */
export interface ResultEntry {
  /** ISO time. */
  readonly created: string;
  readonly iteration: number;
  readonly distilled: Evaluation;
  readonly random?: Evaluation;
  readonly whole?: Evaluation;
  /** Where the rows were trained on soft labels: SHA-256 of the teacher's parameters, or `stored` (the distilled row alone). */
  readonly softLabels?: { readonly teacher: string; readonly temperature?: number } | undefined;
}

/** All evaluations of a run so far. */
export function readResults(directory: string): ResultEntry[] {
  const path = join(directory, "result.json");
  const content = readJson(path) as { evaluations?: ResultEntry[] } | undefined;
  if (content === undefined) return [];
  if (!Array.isArray(content?.evaluations))
    throw new DatadamError("INVALID_RUN", `${path} holds no list of evaluations`);
  return content.evaluations;
}

/** Appends an evaluation to `result.json`. */
export function addResult(directory: string, entry: ResultEntry): void {
  const path = join(directory, "result.json");
  withLock(path, () => {
    const evaluations = [...readResults(directory), entry];
    writeAtomic(path, `${JSON.stringify({ evaluations }, undefined, 2)}\n`);
  });
}
