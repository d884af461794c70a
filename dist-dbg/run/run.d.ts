import type { DistillState } from "../distill/types.ts";
import type { Preprocessing, SyntheticSet } from "../images/types.ts";
import { type MetricsFile } from "./metrics.ts";
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
    /** After a failure: takes away what was begun, unless there is a checkpoint to go on from. */
    abandon(): void;
}
/**
 * Reserves `directory` for a new run: creates it and takes its lock. Do this before long work, so that a folder that
 * cannot be written is known early.
 *
 * @throws DatadamError RUN_EXISTS, IO
 */
export declare function createRun(directory: string): Claim;
/** Opens an existing run for writing, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export declare function openRun(directory: string): Run;
/** Reads and checks a run's `config.json`. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export declare function readRecord(directory: string): RunRecord;
//# sourceMappingURL=run.d.ts.map