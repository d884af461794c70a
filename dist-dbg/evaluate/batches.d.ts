import type { Key } from "../random/index.ts";
import type { Protocol } from "./types.ts";
/** Labelled images that can be read one by one. */
export interface Examples {
    readonly labels: Uint16Array;
    readonly shape: readonly [channels: number, height: number, width: number];
    /** A copy of the images at `indices`, float32 NCHW. */
    read(indices: ArrayLike<number>): Float32Array;
    /** Probabilities [n, classes] in place of the labels. */
    readonly targets?: Float32Array | undefined;
}
export interface Batch {
    readonly images: Float32Array;
    readonly labels: number[];
    /** Probabilities [batch, classes] in place of the labels, where the examples have some. */
    readonly soft: Float32Array | undefined;
}
/** Images in memory as examples. */
export declare function examplesOf(set: Omit<Examples, "read"> & {
    readonly images: Float32Array;
}): Examples;
/** All batches of an epoch (from 0), each made when it is asked for; `key` names the training. */
export declare function epochBatches(examples: Examples, protocol: Protocol, epoch: number, key: Key): {
    readonly count: number;
    at(index: number): Batch;
};
//# sourceMappingURL=batches.d.ts.map