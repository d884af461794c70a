import type { Protocol, TrainingState } from "../evaluate/types.ts";
import { type Release } from "./lock.ts";
import type { RunDataset } from "./types.ts";
export declare const PARAMETERS_FILE: string;
/** `config.json`. */
export interface TrainingRecord {
    readonly format: "datadam-training/1";
    readonly seed: number;
    /** `name`, and the options it is built again with. */
    readonly network: Readonly<Record<string, unknown>> & {
        readonly name: string;
    };
    readonly protocol: Protocol;
    readonly zca: false | {
        readonly eps: number;
    };
    readonly dataset: RunDataset;
    readonly versions: Readonly<Record<string, string>>;
    /** ISO time. */
    readonly created: string;
}
/** A training that this process may write, until `close`. */
export interface TrainingFolder {
    readonly directory: string;
    readonly record: TrainingRecord;
    /** @param seconds of work so far. */
    saveState(state: TrainingState, seconds: number): void;
    latestState(warn?: (message: string) => void): {
        state: TrainingState;
        seconds: number;
    } | undefined;
    /** Writes `parameters.safetensors` (parameters and running statistics by `state_dict` name) and `result.json`. */
    writeResult(state: TrainingState, result: Readonly<Record<string, unknown>>): void;
    close(): void;
}
/** Begins a training in a folder whose lock this process holds. */
export declare function beginTraining(directory: string, record: TrainingRecord, release: Release): TrainingFolder;
/** Opens a training to go on with it, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export declare function openTraining(directory: string): TrainingFolder;
/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export declare function readTrainingRecord(directory: string): TrainingRecord;
//# sourceMappingURL=training.d.ts.map