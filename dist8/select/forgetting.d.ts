import type { Engine } from "../engine/types.ts";
import type { PreparedSet } from "../images/types.ts";
import { type Arrays, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
export interface ForgettingOptions {
    readonly network: Network;
    /** To begin with. Default: random ones. */
    readonly parameters?: Arrays | undefined;
    readonly epochs: number;
    readonly key: Key;
    readonly engine: Engine;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number) => void) | undefined;
}
/**
 * Trains a network on the whole set (SGD of the `dm` protocol, no augmentation) and asks it for every image after each
 * epoch, where the paper asks at each presentation. The score of an image is the number of times that a correct answer was
 * followed by a wrong one; of one that was never answered correctly, infinite, as in the paper's algorithm 1.
 */
export declare function forgettingScores(set: PreparedSet, options: ForgettingOptions): Promise<Float64Array>;
/** Counts forgetting events of `count` images over rounds of answers. */
export declare class ForgettingCounter {
    #private;
    constructor(count: number);
    /** @param correct 1 where an image is answered correctly now, else 0. */
    add(correct: ArrayLike<number>): void;
    /** Events of each image; infinite where it was never answered correctly. */
    scores(): Float64Array;
}
/** The `k` members of the highest scores. Equal ones, of which there are many, come in random order. */
export declare function mostForgotten(scores: ArrayLike<number>, members: Uint32Array, k: number, key: Key): number[];
//# sourceMappingURL=forgetting.d.ts.map