// What is measured of a method, and what measuring it gives.

import type { DistillConfig } from "../../../distill/config/index.ts";
import type { Device } from "../../../engine/types.ts";

/** One method with one number of images a class. */
export interface BenchCase {
  /** e.g. `dm.ipc10`. */
  readonly name: string;
  readonly config: DistillConfig;
  /** Steps that are timed, after one that warms up. */
  readonly repeats: number;
  /** Worker threads. Default: one for each core. */
  readonly workers: number | undefined;
  readonly device: Device;
}

export interface Cost {
  /** Of a step: an iteration, which is several matches for methods that train their network between them. Median. */
  readonly seconds: number;
  /** Seconds divided by matches. */
  readonly perMatch: number;
  readonly matches: number;
  /** Seconds of processor time a step, all threads, median; null where it cannot be measured. */
  readonly cpu: number | null;
  /** Most resident memory that the process had, in MiB; null where it cannot be measured. */
  readonly memoryMb: number | null;
  /** Seconds of each timed step. */
  readonly runs: readonly number[];
  readonly workers: number;
}

/** What a process knows of itself. */
export interface Gauges {
  /** Processor time so far, all threads. */
  processorSeconds(): number;
  /** Most resident memory so far, in MiB. */
  peakMemory(): number;
}

/** Measures a case. @throws DatadamError as `distill`; the reason of `signal` once it is aborted */
export type MeasureCase = (task: BenchCase, signal: AbortSignal) => Promise<Cost>;
