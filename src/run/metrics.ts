// metrics.jsonl: one line an iteration, appended as it happens.

import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { ioError, readText, writeAtomic } from "./files.ts";
import type { MetricsRow } from "./types.ts";

/** An open metrics file. */
export interface MetricsFile {
  append(row: MetricsRow): void;
  /** Makes sure that what was appended survives a loss of power. */
  flush(): void;
  close(): void;
}

/**
 * Opens a metrics file for appending after iteration `iteration`: lines of later iterations (written after the checkpoint
 * that a run resumes from), repeated and half-written ones are removed first.
 */
export function openMetrics(path: string, iteration: number): MetricsFile {
  const content = readText(path);
  if (content !== undefined) {
    const kept = keepUntil(content, iteration);
    if (kept !== content) writeAtomic(path, kept);
  }
  let file: number;
  try {
    file = openSync(path, "a");
  } catch (error) {
    throw ioError(error, `Cannot write ${path}`);
  }
  return {
    append({ iteration, iterations: _, seconds, ...measures }) {
      const line = { iteration, ...measures, seconds: Number(seconds.toFixed(4)) };
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        throw ioError(error, `Cannot write ${path}`);
      }
    },
    flush() {
      try {
        fsyncSync(file);
      } catch (error) {
        throw ioError(error, `Cannot write ${path}`);
      }
    },
    close() {
      closeSync(file);
    },
  };
}

/** All whole lines of a metrics file. */
export function readMetrics(path: string): MetricsRow[] {
  const content = readText(path) ?? "";
  return keepUntil(content, Number.POSITIVE_INFINITY)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as MetricsRow);
}

function keepUntil(content: string, iteration: number): string {
  let kept = "";
  let last = 0;
  for (const line of content.split("\n").slice(0, -1)) {
    const at = iterationOf(line);
    if (at === undefined || at <= last || at > iteration) continue;
    last = at;
    kept += `${line}\n`;
  }
  return kept;
}

function iterationOf(line: string): number | undefined {
  try {
    const { iteration } = JSON.parse(line) as MetricsRow;
    return typeof iteration === "number" ? iteration : undefined;
  } catch {
    return undefined;
  }
}
