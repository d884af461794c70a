import type { Engine } from "../engine/types.ts";
import { type Network } from "../nn/index.ts";
import { type Examples } from "./batches.ts";
import type { Protocol, TrainEvent, TrainingState } from "./types.ts";
export interface TrainOptions {
    readonly network: Network;
    /** Its augmentation must be settled: not `"auto"`. */
    readonly protocol: Protocol;
    /** Of the initial parameters, the order of images and the augmentation. Default 0. */
    readonly seed?: number;
    readonly resume?: TrainingState | undefined;
    /** Default: one made for this call, on the CPU. */
    readonly engine?: Engine;
    readonly signal?: AbortSignal;
}
/** A running training: iterate it to its end, or break off and keep `state()`. */
export interface TrainRun extends AsyncIterable<TrainEvent> {
    /** A copy of the state after the last finished step. */
    state(): TrainingState;
}
/**
 * Trains a fresh network on `set` (SGD, the protocol's batches and schedule; mean cross-entropy). Everything random is keyed by (seed,
 * epoch, step): resumed from any state it ends with the same bytes as if it had never stopped, with any number of workers.
 *
 * @throws DatadamError `DIVERGED` where the loss is no longer finite; `INVALID_RUN` where the state is not one of this network.
 */
export declare function train(set: Examples, options: TrainOptions): TrainRun;
//# sourceMappingURL=train.d.ts.map