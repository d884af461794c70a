import type { Engine } from "../engine/types.ts";
import type { Arrays, Norm } from "../nn/index.ts";
import type { NetworkChoice } from "./network.ts";
/** How a network is trained on the set under test: data, not code. */
export interface Protocol {
    readonly name: string;
    readonly epochs: number;
    readonly batch: number;
    readonly lr: number;
    readonly momentum: number;
    readonly weightDecay: number;
    readonly schedule: Schedule;
    /**
     * Augmentation strategy, drawn per image, e.g. `"color_crop_cutout_flip_scale_rotate"` or `"none"`. `"auto"`: all six,
     * without flip where a mirrored image changes its class.
     */
    readonly augment: string;
    /** Norm of the networks, where the protocol says one. */
    readonly norm?: Norm;
}
/** How the learning rate falls: multiplied by `factor` after certain fractions of all epochs, or after each so many epochs. */
export type Schedule = {
    readonly kind: "milestones";
    /** Fractions of `epochs`. */
    readonly at: readonly number[];
    readonly factor: number;
    /** Whether momentum starts anew at each milestone, as where a fresh optimiser is made. */
    readonly resetMomentum: boolean;
} | {
    readonly kind: "every";
    readonly epochs: number;
    readonly factor: number;
};
/** The network defaults to that of the set's provenance. */
export interface EvaluateOptions extends NetworkChoice {
    /** Number of freshly initialised networks. Default 3. */
    readonly networks?: number;
    /** Which networks, by the numbers that name their random draws. Default: 0 to `networks` - 1. */
    readonly indices?: readonly number[];
    /** A protocol or the name of one of `protocols`. Default `"quick"`. */
    readonly protocol?: string | Protocol;
    /** Trains on the set's soft labels (cross-entropy against probabilities) instead of its hard ones. Default false. */
    readonly softLabels?: boolean;
    readonly seed?: number;
    readonly engine?: Engine;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: EvaluateProgress) => void;
    /** As each network is done: its number and its test accuracy in per cent. */
    readonly onNetwork?: (index: number, accuracy: number) => void;
}
export interface EvaluateProgress {
    readonly network: number;
    readonly networks: number;
    readonly epoch: number;
    readonly epochs: number;
    /** Mean training loss of the epoch. */
    readonly loss: number;
    /** Work done in [0, 1], over all networks. */
    readonly done: number;
}
export interface Evaluation {
    /** Test accuracy in per cent at the last epoch, mean over networks. */
    readonly mean: number;
    /** Sample standard deviation (n - 1) in per cent points; 0 for one network. */
    readonly std: number;
    readonly accuracies: readonly number[];
    readonly protocol: Protocol;
    readonly network: Readonly<Record<string, unknown>>;
    readonly seconds: number;
}
/** Everything a training needs to go on: randomness is keyed by (seed, epoch, step). */
export interface TrainingState {
    /** Steps done. */
    readonly step: number;
    /** Sum of the losses of the epoch's images so far. */
    readonly epochLoss: number;
    /** Mean losses of the finished epochs. */
    readonly losses: readonly number[];
    /** By name, as momentum is; running statistics of batch norm in `buffers`. */
    readonly parameters: Arrays;
    readonly buffers: Arrays;
    readonly momentum: Arrays;
}
/** After each step. */
export interface TrainEvent {
    /** 1-based: steps done. */
    readonly step: number;
    readonly steps: number;
    /** 1-based: the epoch the step belongs to. */
    readonly epoch: number;
    readonly epochs: number;
    /** Mean loss of the batch, before the step. */
    readonly loss: number;
}
//# sourceMappingURL=types.d.ts.map