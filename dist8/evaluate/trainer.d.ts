import type { Engine, Program } from "../engine/types.ts";
import { type Arrays, type NdArray, type Network } from "../nn/index.ts";
import type { TrainingState } from "./types.ts";
export interface SgdOptions {
    readonly lr: number;
    readonly momentum: number;
    readonly weightDecay: number;
}
/** A network in training. Calls must not overlap. */
export declare class Trainer {
    #private;
    readonly network: Network;
    /** As they are, over shared memory. */
    readonly parameters: Record<string, Float32Array>;
    readonly buffers: Record<string, Float32Array>;
    /** @param programs shared between trainers of one network: each shape is traced once. */
    constructor(network: Network, parameters: Arrays, engine: Engine, programs?: Map<string, Program>);
    /** Copies of everything that steps change. */
    state(): Pick<TrainingState, "parameters" | "buffers" | "momentum">;
    /** @throws DatadamError `INVALID_RUN` where the state is not one of this network. */
    restore(state: Pick<TrainingState, "parameters" | "buffers" | "momentum">): void;
    /** Parameters and buffers as they are, with their shapes: views that the next step changes. */
    arrays(): Record<string, NdArray>;
    /** Forgets momentum. */
    resetMomentum(): void;
    /**
     * One step on `images` (NCHW) with mean cross-entropy, against `soft` (probabilities [n, classes]) where given, else `labels`: `v = momentum v + (g + weightDecay p); p -= lr v`.
     *
     * @returns the loss before the step.
     */
    step(images: Float32Array, labels: ArrayLike<number>, { lr, momentum, weightDecay }: SgdOptions, soft?: Float32Array): Promise<number>;
    /** How many of `images` are classified as `labels` say. */
    correct(images: Float32Array, labels: ArrayLike<number>): Promise<number>;
}
//# sourceMappingURL=trainer.d.ts.map