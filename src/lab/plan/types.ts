// The plan of a job: what each phase of it will take on this machine, as plain JSON, and what making it needs.

import type { Storage } from "../../storage/types.ts";
import type { Context, JobValue, LabOptions, Readers } from "../types.ts";
import type { Meter } from "./meter.ts";

/** What one phase of a job will take. */
export interface PlanPhase {
  /** e.g. `distilling`. */
  readonly name: string;
  /** How many units are left to do: what is there already is not counted. */
  readonly count: number;
  /** e.g. `iteration`. */
  readonly unit: string;
  /** Of the whole phase. */
  readonly seconds: number;
  /** Most bytes that the process will hold meanwhile; null where memory was not measured. */
  readonly memory: number | null;
  /** Bytes that it leaves in the folder. */
  readonly disk: number;
  /** Units that were done to measure it; 0 where it was computed from sizes. */
  readonly measured: number;
}

/** The plan of a job: a projection from a few measured steps. */
export interface Plan {
  readonly job: JobValue;
  /** What it was measured on: `device`, `workers`, and what else is known of the machine. */
  readonly machine: Readonly<Record<string, unknown>>;
  /** In their order. None where the job is finished. */
  readonly phases: readonly PlanPhase[];
  /** Seconds and disk are sums over the phases, memory is the most of them. */
  readonly total: Pick<PlanPhase, "seconds" | "memory" | "disk">;
  /** What was taken for granted, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Begins to watch the memory of this process.
 *
 * @returns ends it, and gives the most bytes that were resident meanwhile.
 */
export type WatchMemory = () => () => number;

/** What `plan` is handed: as `run`, and two more. */
export interface PlanOptions extends LabOptions {
  /** The folder that the job is to have, which is only read: what is there already is not counted. Default: none. */
  readonly storage?: Storage | undefined;
  /** Default: memory is not measured. */
  readonly watchMemory?: WatchMemory | undefined;
}

/** What a kind of job plans with. The work that it measures leaves nothing. */
export interface PlanContext<Job extends JobValue = JobValue>
  extends Pick<
    Context<Job>,
    "job" | "readers" | "signal" | "versions" | "cache" | "checkpoint" | "engine" | "note" | "warn" | "progress"
  > {
  /** The folder that the job is to have: empty where none was named. Only read it. */
  readonly storage: Storage;
  /** Takes the phases, in their order. */
  readonly meter: Meter;
  /** Plans a job that this one would run as a part of it, whose phases follow. */
  part(
    job: JobValue | Readonly<Record<string, unknown>>,
    storage: Storage,
    options?: { readonly readers?: Readers; readonly meter?: Meter },
  ): Promise<void>;
}
