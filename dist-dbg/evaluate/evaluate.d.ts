import type { Engine, Program } from "../engine/types.ts";
import { type ImageSet, type PreparedSet, type SyntheticSet } from "../images/index.ts";
import { type Network } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { Trainer } from "./trainer.ts";
import type { EvaluateOptions, Evaluation, Protocol } from "./types.ts";
/**
 * Trains `networks` fresh networks on `set` only and tests each on `test` after the last epoch. Networks, batches and
 * augmentation are keyed by (seed, network, epoch): the same seed gives the same accuracies with any number of workers.
 *
 * @param set  a distilled set, or any other labelled images in prepared space.
 * @param test as bytes (then prepared as `set` was), or already prepared the same way.
 * @throws DatadamError `INVALID_DATA` where the two differ in image shape or classes; `INVALID_OPTION` for an unknown
 * protocol, and a network that is unknown or does not fit the images.
 */
export declare function evaluate(set: SyntheticSet, test: ImageSet | PreparedSet, options?: EvaluateOptions): Promise<Evaluation>;
export interface FitOptions {
    /** Its augmentation settled: not `"auto"`. */
    readonly protocol: Protocol;
    /** Names the initial parameters, the order of images and the augmentation. */
    readonly key: Key;
    readonly engine: Engine;
    /** Shared between networks of one kind: each shape is traced once. */
    readonly programs?: Map<string, Program>;
    readonly signal?: AbortSignal | undefined;
    /** After each epoch (counted from 1), with its mean loss. */
    readonly onEpoch?: (epoch: number, loss: number) => void;
}
/** What an epoch is trained on. */
export interface TrainingImages extends Pick<SyntheticSet, "images" | "labels" | "shape"> {
    /** Probabilities [n, classes] in place of the labels. */
    readonly targets?: Float32Array | undefined;
}
/**
 * Trains a fresh network.
 *
 * @param imagesAt the images of an epoch, counted from 0: always the same set, or the next part of a large one.
 * @throws DatadamError `DIVERGED` where the loss is no longer finite.
 */
export declare function fitNetwork(network: Network, imagesAt: (epoch: number) => TrainingImages, { protocol, key, engine, programs, signal, onEpoch }: FitOptions): Promise<Trainer>;
/** One pass over the set in shuffled batches; gives the mean loss. */
export declare function trainEpoch(trainer: Trainer, set: TrainingImages, protocol: Protocol, epoch: number, key: Key, signal?: AbortSignal): Promise<number>;
/** How many of the images a trained network classifies as their labels say. */
export declare function countCorrect(trainer: Trainer, test: PreparedSet, signal?: AbortSignal): Promise<number>;
/** The protocol with its `"auto"` augmentation settled: without flip where a mirrored image changes its class. */
export declare function settleProtocol(protocol: Protocol, flippable: boolean): Protocol;
/** Results of `task(0) ... task(count - 1)`, at most `most` at a time. */
export declare function eachOf<T>(count: number, most: number, task: (index: number) => Promise<T>): Promise<T[]>;
//# sourceMappingURL=evaluate.d.ts.map