// Jobs, the events of their work, and what that work is handed: all that a kind of job, a page or a queue needs to
// know.

import type * as z from "zod";
import type { Device, Engine } from "../engine/types.ts";
import type { DatadamError } from "../errors.ts";
import type { Dataset, ImageSet, PrepareCache, Preprocessing, SyntheticSet } from "../images/index.ts";
import type { Clock, Owner, Storage } from "../storage/types.ts";
import type { Folder } from "./folder/folder.ts";
import type { DataOptions, Execution } from "./inputs/data.ts";
import type { MeasureCase } from "./kinds/bench/types.ts";
import type { PlanContext } from "./plan/types.ts";

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What happens while a job runs, in order. The last one is `stopped`, `finished` or `failed`. */
export type Event =
  /** A folder was claimed, and nothing of the job was there. */
  | { readonly type: "started"; readonly job: JobValue }
  /** An earlier process began it. */
  | { readonly type: "resumed"; readonly job: JobValue }
  | { readonly type: "note"; readonly message: string }
  /** Something that the user should know but that stops nothing. */
  | { readonly type: "warning"; readonly message: string }
  | Progress
  /** A line was added to a file of rows, such as `metrics.jsonl`. */
  | { readonly type: "row"; readonly file: string; readonly row: Readonly<Record<string, unknown>> }
  /** The work can be resumed from here. */
  | { readonly type: "checkpoint"; readonly number: number }
  /** A part of the result is there: an evaluation of one network, a cell of a table. */
  | { readonly type: "result"; readonly key: string; readonly value: unknown }
  /** The signal asked to stop, and all that is needed to resume is kept. */
  | { readonly type: "stopped"; readonly reason: string }
  /** @property already it was finished before: nothing was done. */
  | { readonly type: "finished"; readonly result: unknown; readonly already: boolean }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly hint?: string | undefined };

/** One step of a stage of work. */
export interface Progress {
  readonly type: "progress";
  /** e.g. `distilling`. */
  readonly stage: string;
  readonly done: number;
  /** 1 where the work is measured as a share. */
  readonly total: number;
  /** Work of later stages, in about as long steps as those of this one. Default: not known. */
  readonly ahead?: number | undefined;
  /** Short and human: `loss 12.3`. */
  readonly detail?: string | undefined;
  /** For programs. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** A line of `events.jsonl`: an event, when it was, and the number of the claim under which it was. */
export type RecordedEvent = Event & { readonly time: string; readonly claim: number };

/** What every job has. Each kind adds keys of its own. */
export interface JobValue {
  readonly kind: string;
  /** Where and how it works: no part of what is worked out. */
  readonly execution?: Execution | undefined;
}

/** Loads what a job names. Node's are `defaults.readers` of `datadam/lab/node`. */
export interface Readers {
  /** A data set. @throws DatadamError DATASET_NOT_FOUND, INVALID_DATA, INVALID_OPTION */
  dataset(options: DataOptions, tell: Listeners): Promise<LoadedDataset>;
  /**
   * What a data set that is named relative to a folder is called from here: a known name stays, a path below the folder
   * becomes one from here. Default: it stays as it is.
   */
  place?(dataset: string, folder: string): string;
  /** The files of another run, or of any folder that a job names. */
  storage(path: string): Storage;
  /** A file that a job names, such as a network's parameters; undefined where there is none. */
  file(path: string): Promise<Uint8Array | undefined>;
  /** A set that another program made. Default: such sets are refused. */
  foreign?(
    path: string,
    options: {
      readonly like: ImageSet;
      readonly preprocessing: Preprocessing;
      readonly space: "prepared" | "pixels";
    },
  ): Promise<ForeignSet>;
}

/** A set that another program made, as it was read. */
export interface ForeignSet {
  readonly set: SyntheticSet;
  /** What was assumed. */
  readonly notes: readonly string[];
  /** What is likely wrong. */
  readonly warnings?: readonly string[];
  /** The range of pixels that all float images lie in, where they were not taken for pixels. */
  readonly likelyPixels?: string;
}

/** What reading tells. */
export interface Listeners {
  /** Whether a set without a test part stays so where `split` was not asked for: that of a record, or for a look. */
  readonly whole?: boolean | undefined;
  /** `total` is undefined where it is not known. */
  onProgress(done: number, total: number | undefined): void;
  onWarning(message: string): void;
}

/** A data set with what a record says of it. */
export interface LoadedDataset {
  readonly dataset: Dataset;
  /** As it was found: an absolute path, the folder of an archive. A later process finds it again by these. */
  readonly options: DataOptions;
  /** Of the training part, see `fingerprint`. */
  readonly fingerprint: string;
  /** The same of other images, such as the test part. Default: in memory, up to 2 GiB. */
  readonly fingerprintOf?: ((set: ImageSet) => string) | undefined;
  /** What size the images had, such as `300 x 200 px`, where they were made another. Default: as they are. */
  readonly sizes?: (() => Promise<string | undefined>) | undefined;
  /** What a user should know of the images before hours of work. Default: nothing. */
  readonly inspect?: (() => readonly string[]) | undefined;
}

/** What {@link run} is handed. Only `engine` and `readers` have no default. */
export interface LabOptions {
  /** An engine, which stays open; or what makes one when it is first needed, which is closed at the end. */
  readonly engine: Engine | ((options: Execution) => Promise<Engine>);
  readonly readers: Readers;
  /** Stops the work at its next safe place; what is done is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Recorded with results. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
  /** Recorded with measurements: the machine, the command that was given. Default: nothing. */
  readonly environment?: Readonly<Record<string, unknown>> | undefined;
  /** Measures a case of `bench` in a process of its own. Default: in this one, without its memory. */
  readonly measure?: MeasureCase | undefined;
  /** Bytes that this process has held at most, recorded with results. Default: they are not. */
  readonly peakMemory?: (() => number) | undefined;
  /** Keeps fitted whitening. */
  readonly cache?: PrepareCache | ((warn: (message: string) => void) => PrepareCache) | undefined;
  /** Between checkpoints: a number of steps (default: none) and of seconds (default 30). */
  readonly checkpoint?: { readonly steps?: number | undefined; readonly seconds?: number | undefined } | undefined;
  /** Of the claim. Default: a random one, of which only its heart can tell that it is gone. */
  readonly owner?: Owner | undefined;
  readonly isAlive?: ((owner: Owner) => boolean | undefined) | undefined;
  readonly stalled?: "refuse" | "take" | undefined;
  /** Milliseconds between two beats of the claim, which ends six of them after the last. Default 5000. */
  readonly interval?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What a kind of job works with. */
export interface Context<Job extends JobValue = JobValue> {
  readonly job: Job;
  /** The claimed folder, with all that a job keeps there. */
  readonly folder: Folder;
  readonly readers: Readers;
  /** Aborted when the work is to stop: asked for, or the claim is lost. */
  readonly signal: AbortSignal;
  readonly versions: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly measure: MeasureCase | undefined;
  readonly peakMemory: LabOptions["peakMemory"];
  readonly cache: PrepareCache | undefined;
  readonly checkpoint: { readonly steps: number | undefined; readonly seconds: number };
  readonly clock: Clock;
  readonly isAlive: LabOptions["isAlive"];
  /** The engine, made when it is first asked for. */
  engine(): Promise<Engine>;
  /**
   * Another engine on the same device, which is closed apart from all others: what it has compiled goes with it. Where
   * `run` was handed an open engine, that one, and closing it here does nothing.
   */
  engineApart(workers: number): Promise<Engine>;
  emit(event: Event): void;
  note(message: string): void;
  warn(message: string): void;
  progress(step: Omit<Progress, "type">): void;
  /**
   * Runs another job as a part of this one, by the same engine, in a folder below this one's (or any other storage).
   *
   * @param options.readers default: those of this job.
   * @param options.tell    takes the part's events. Default: notes, warnings and progress become this job's.
   * @throws DatadamError RUN_HELD where another process is at it, RUN_EXISTS, and what the part fails with
   */
  part(
    job: JobValue,
    storage: Storage,
    options?: { readonly readers?: Readers; readonly tell?: (event: Event) => void },
  ): Promise<unknown>;
}

/** A kind of job: one file, and one line in `kinds/index.ts`. */
export interface Kind<Job extends JobValue = JobValue, Result = unknown> {
  readonly kind: Job["kind"];
  /** One sentence, for help and the JSON Schema. */
  readonly about: string;
  /** Checks a value, fills in all defaults: parsing what it gives again changes nothing. */
  readonly schema: z.ZodType<Job>;
  /** Of the value as a user writes it. Default: made from `schema`. */
  readonly jsonSchema?: (() => Record<string, unknown>) | undefined;
  /**
   * Dotted keys of a job that a later process may change in its folder. `execution` and `data.dir`, `data.store`
   * always.
   */
  readonly free: readonly string[];
  /**
   * Whether a finished result still stands, where it depends on what lies outside of the folder. Default: it does.
   */
  stands?(context: Context<Job>): Promise<boolean>;
  /** Measures what the job will take, phase by phase, and leaves nothing. Default: the kind has no plan. */
  plan?(context: PlanContext<Job>): Promise<void>;
  /** Works, or resumes. Rejects with `signal.reason` once what is needed to resume is kept. */
  run(context: Context<Job>): Promise<Result>;
}

/** A job that runs: iterate it for events, or await `result`, which drives it. Leaving the iteration stops it. */
export interface LabRun<Result = unknown> extends AsyncIterable<Event> {
  /** Rejects with the DatadamError that it failed with, or the reason of the signal that stopped it. */
  readonly result: Promise<Result>;
}

export type { DatadamError, DataOptions, Device, Execution, Folder };
