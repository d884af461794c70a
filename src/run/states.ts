// Numbered states in a folder: a few kept, the newest whole one read.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import { ioError, listFolder, removeQuietly, writeAtomic } from "./files.ts";

const KEPT = 3;

/** What a file holds and which configuration it belongs to, or why it cannot be read. */
export type StateReader<T> = (path: string, number: number) => { readonly state: T; readonly config: string } | string;

/** Writes `state-<number>.safetensors` and removes all but the `kept` up to it. */
export function writeState(folder: string, number: number, bytes: Uint8Array, kept: number = KEPT): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw ioError(error, `Cannot create ${folder}`);
  }
  writeAtomic(join(folder, fileName(number)), bytes);
  // Files of later numbers can only be damaged ones that this run was resumed past.
  const all = numbersIn(folder);
  const keep = all.filter((other) => other <= number).slice(0, kept);
  for (const other of all) {
    if (!keep.includes(other)) removeQuietly(join(folder, fileName(other)));
  }
}

/**
 * The newest state that is whole, or undefined where there is none. Damaged ones are passed over with a warning.
 *
 * @throws DatadamError INVALID_RUN where all are damaged, or where one belongs to another configuration than `hash`.
 */
export function readNewestState<T>(
  folder: string,
  hash: string,
  read: StateReader<T>,
  warn: (message: string) => void = () => {},
): T | undefined {
  const numbers = numbersIn(folder);
  for (const number of numbers) {
    const path = join(folder, fileName(number));
    const result = read(path, number);
    if (typeof result === "string") {
      warn(`${path} is damaged (${result}); trying the one before`);
      continue;
    }
    if (result.config !== hash) {
      throw new DatadamError("INVALID_RUN", `${path} belongs to another configuration than config.json`, {
        hint: "Put the original config.json back, or start a new run.",
      });
    }
    return result.state;
  }
  if (numbers.length === 0) return undefined;
  throw new DatadamError("INVALID_RUN", `No checkpoint in ${folder} can be read: all ${numbers.length} are damaged`, {
    hint: "Start the run again in another folder, or delete the checkpoints to start this one from the beginning.",
  });
}

function fileName(number: number): string {
  return `state-${number}.safetensors`;
}

/** Numbers that have a file, newest first. */
function numbersIn(folder: string): number[] {
  return listFolder(folder)
    .flatMap((name) => /^state-(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}
