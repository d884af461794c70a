/** Which images stay. `balanced`: GDumb's greedy sampler, equally many of each class; `reservoir`: every image equally likely. */
export type ReplayPolicy = "balanced" | "reservoir";
export interface ReplayMemoryOptions {
    /** Of an image. */
    readonly shape: readonly [channels: number, height: number, width: number];
    /** Images that fit, a positive integer. */
    readonly capacity: number;
    /** Default `balanced`. */
    readonly policy?: ReplayPolicy;
    /** Default 0. The same seed and stream give the same memory and the same samples. */
    readonly seed?: number;
}
/** Images with their labels. */
export interface ReplayBatch {
    /** float32 NCHW, `labels.length` images. */
    readonly images: Float32Array;
    readonly labels: Int32Array;
}
/**
 * Remembers at most `capacity` images of a stream that may never end and whose classes need not be known.
 *
 * `balanced` (Prabhu et al., "GDumb", ECCV 2020, algorithm 1): an image is taken while its class has less than its share of the
 * capacity; where the memory is full, a random image of the largest class goes. `reservoir` (Vitter 1985): after `t` images each of
 * them is there with probability `capacity / t`.
 */
export declare class ReplayMemory {
    #private;
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly capacity: number;
    readonly policy: ReplayPolicy;
    readonly seed: number;
    /** @throws DatadamError `INVALID_OPTION` for a capacity, shape, policy or seed that is none. */
    constructor({ shape, capacity, policy, seed }: ReplayMemoryOptions);
    /** Images remembered now. */
    get size(): number;
    /** Images observed so far. */
    get observed(): number;
    /** Images remembered of each class that has ever come. */
    get counts(): ReadonlyMap<number, number>;
    /**
     * Shows the memory the next images of the stream, one after the other; it copies what it keeps.
     *
     * @param images float32 NCHW, `labels.length` images of {@link shape}.
     * @param labels integers of 0 or more.
     * @throws RangeError where the two do not fit.
     */
    observe(images: Float32Array, labels: ArrayLike<number>): void;
    /** `n` different images in random order, or all where there are fewer. Every call draws anew. */
    sample(n: number): ReplayBatch;
    /** Everything that is remembered. */
    all(): ReplayBatch;
    /** All of it as the bytes of a safetensors file: `images` F32 [n, c, h, w], `labels` I64 [n]. {@link load} goes on as if nothing had been. */
    save(): Uint8Array;
    /** @throws DatadamError `INVALID_DATA` for bytes that {@link save} has not made. */
    static load(bytes: Uint8Array): ReplayMemory;
}
//# sourceMappingURL=replay.d.ts.map