// A run directory: claimed by one process, begun once, resumed any number of times.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseConfig, type ResolvedConfig, resolveConfig } from "../distill/config/index.ts";
import type { DistillState } from "../distill/types.ts";
import { DatadamError } from "../errors.ts";
import type { Preprocessing, SyntheticSet } from "../images/types.ts";
import { readLatestCheckpoint, writeCheckpoint } from "./checkpoints.ts";
import { PREPROCESSING_FILE } from "./codec.ts";
import { listFolder, makeFolder, readJson, removeIfEmpty, removeQuietly, sweepPartial, writeAtomic } from "./files.ts";
import { encodeGrid } from "./grid.ts";
import { configHash, withLaterKeys } from "./hash.ts";
import { acquireLock, type Release } from "./lock.ts";
import { type MetricsFile, openMetrics } from "./metrics.ts";
import { recordProblem } from "./record.ts";
import { readPreprocessing, writePreprocessing, writeSyntheticSet } from "./synthetic.ts";
import type { RunRecord } from "./types.ts";

/** A run that this process may write, until {@link Run.close}. */
export interface Run {
  readonly directory: string;
  readonly record: RunRecord;
  /** The stored normalisation and ZCA matrices; undefined where the run has no ZCA. */
  preprocessing(): Preprocessing | undefined;
  /** Sets the number of iterations, in `config.json` too. */
  setIterations(iterations: number): void;
  saveCheckpoint(state: DistillState): void;
  latestCheckpoint(warn?: (message: string) => void): DistillState | undefined;
  /** Opens `metrics.jsonl` to go on after `iteration`. */
  metrics(iteration: number): MetricsFile;
  /** Writes `synthetic.safetensors` and `grid.png`, with the run's own facts as provenance. Returns the set as written. */
  writeResult(set: SyntheticSet, iteration: number): SyntheticSet;
  close(): void;
}

/** A directory that is reserved for a new run. */
export interface Claim {
  readonly directory: string;
  /** Writes `config.json` (last) and the preprocessing (where it has ZCA): from here on the run can be resumed. */
  begin(record: RunRecord, preprocessing: Preprocessing): Run;
  /** Gives the directory back; removes it where nothing was put into it. */
  release(): void;
  /** After a failure: takes away what was begun, unless there is a checkpoint to go on from. Never throws. */
  abandon(): void;
}

/**
 * Reserves `directory` for a new run: creates it and takes its lock. Do this before long work, so that a folder that
 * cannot be written is known early.
 *
 * @throws DatadamError RUN_EXISTS, IO
 */
export function createRun(directory: string): Claim {
  const folder = resolve(directory);
  refuseExisting(folder);
  const created = makeFolder(folder);
  const unlock = acquireLock(folder);
  const release = (): void => {
    unlock();
    if (created) removeIfEmpty(folder);
  };
  try {
    // Another process may have begun a run here before this one had the lock.
    refuseExisting(folder);
    sweepPartial(folder);
  } catch (error) {
    release();
    throw error;
  }
  return {
    directory: folder,
    begin(record, preprocessing) {
      if (preprocessing.zca !== undefined) writePreprocessing(join(folder, PREPROCESSING_FILE), preprocessing);
      writeRecord(folder, record);
      return writableRun(folder, record, unlock);
    },
    release,
    abandon() {
      const checkpoints = join(folder, "checkpoints");
      try {
        if (listFolder(checkpoints).length > 0) return;
      } catch {
        return; // What cannot be looked at is kept.
      }
      for (const name of ["config.json", "metrics.jsonl", PREPROCESSING_FILE]) removeQuietly(join(folder, name));
      removeIfEmpty(checkpoints);
    },
  };
}

/** Opens an existing run for writing, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export function openRun(directory: string): Run {
  const folder = resolve(directory);
  readRecord(folder);
  const unlock = acquireLock(folder);
  try {
    sweepPartial(folder);
    sweepPartial(join(folder, "checkpoints"));
    return writableRun(folder, readRecord(folder), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Reads and checks a run's `config.json`. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export function readRecord(directory: string): RunRecord {
  const job = join(directory, "record.json");
  const path = existsSync(job) ? job : join(directory, "config.json");
  const content = readJson(path);
  if (content === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No run in ${directory}: there is no config.json`, {
      hint: "Start one with: datadam distill --out DIR",
    });
  }
  const problem = recordProblem(content);
  if (problem !== undefined) {
    throw new DatadamError("INVALID_RUN", `${path} is not the record of a datadam run: ${problem}`, {
      hint: "Put the original file back.",
    });
  }
  const record = content as RunRecord;
  try {
    const config: ResolvedConfig = resolveConfig(parseConfig(withLaterKeys({ ...record.config })), record.dataset);
    return { ...record, config };
  } catch (error) {
    throw new DatadamError("INVALID_RUN", `${path}: ${(error as Error).message}`, { cause: error });
  }
}

function writeRecord(folder: string, record: RunRecord): void {
  writeAtomic(join(folder, "config.json"), `${JSON.stringify(record, undefined, 2)}\n`);
}

function writableRun(directory: string, initial: RunRecord, release: Release): Run {
  let record = initial;
  const checkpoints = join(directory, "checkpoints");
  return {
    directory,
    get record() {
      return record;
    },
    preprocessing: () => (record.config.zca ? readPreprocessing(join(directory, PREPROCESSING_FILE)) : undefined),
    setIterations(iterations) {
      if (iterations === record.config.iterations) return;
      const next = { ...record, config: { ...record.config, iterations } };
      writeRecord(directory, next);
      record = next;
    },
    saveCheckpoint: (state) => writeCheckpoint(checkpoints, state, record.dataset.shape, configHash(record)),
    latestCheckpoint: (warn) => readLatestCheckpoint(checkpoints, configHash(record), warn),
    metrics: (iteration) => openMetrics(join(directory, "metrics.jsonl"), iteration),
    writeResult(set, iteration) {
      const { preset, config, selection } = record;
      const origin = preset === null ? {} : { preset };
      const written: SyntheticSet = { ...set, provenance: { ...origin, ...config, ...selection, iteration } };
      writeSyntheticSet(directory, written);
      writeAtomic(join(directory, "grid.png"), encodeGrid(written));
      return written;
    },
    close: release,
  };
}

function refuseExisting(folder: string): void {
  if (["config.json", "record.json"].every((name) => readJson(join(folder, name)) === undefined)) return;
  throw new DatadamError("RUN_EXISTS", `${folder} already holds a run`, {
    hint: `Go on with it by --resume ${folder}, or choose another folder with --out.`,
  });
}
