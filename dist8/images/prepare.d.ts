import type { Multiply } from "../engine/types.ts";
import { type PrepareCache } from "./cache.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "./types.ts";
import { type PrepareProgress } from "./zca.ts";
export interface PrepareWithOptions {
    /** Called often, from 0 to 1 in each stage. What it throws ends the work. */
    readonly onProgress?: PrepareProgress | undefined;
    /** Matrix products. Default: ONNX Runtime in worker threads, or plain TypeScript for small sets. */
    readonly multiply?: Multiply | undefined;
}
export interface PrepareOptions extends PrepareWithOptions {
    /** Whitening, fitted on the set. The usual `eps` is 0.1, of normalised pixels. */
    readonly zca: false | {
        readonly eps: number;
    };
    /** Keeps fitted whitening. Default: none. */
    readonly cache?: PrepareCache | undefined;
}
/**
 * Normalises a training set and, where asked, fits ZCA on it and whitens it. Without ZCA this costs nothing: images are
 * normalised as they are read. With ZCA the whitened set is held as float32 (614 MB for CIFAR-10) in shared memory.
 *
 * @throws DatadamError `INVALID_OPTION` or `INVALID_DATA`, see {@link fitZca}
 */
export declare function prepare(set: ImageSet, options: PrepareOptions): Promise<PreparedSet>;
/**
 * Prepares a set as another one was: a test set with the training set's normalisation and whitening.
 *
 * @throws DatadamError `INVALID_DATA` where the preprocessing is of images of another shape.
 */
export declare function prepareWith(preprocessing: Preprocessing, set: ImageSet, options?: PrepareWithOptions): Promise<PreparedSet>;
/**
 * Lends the kernel that was given; else plain TypeScript for `work` up to 1e9 multiply-adds, and worker threads for more.
 *
 * @param workers threads. Default: one per core, at most 8.
 */
export declare function withMultiply<T>(given: Multiply | undefined, work: number, use: (multiply: Multiply) => Promise<T>, workers?: number): Promise<T>;
//# sourceMappingURL=prepare.d.ts.map