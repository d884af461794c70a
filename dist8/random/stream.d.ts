/** Random numbers in order. Get one from `Key.stream()`; two streams of one key run alike. */
export declare class Stream {
    #private;
    /** @param state two key words, then the two high counter words; made by `Key.stream()` */
    constructor(state: readonly [number, number, number, number]);
    /** The next 32 bits, an integer in [0, 2^32). */
    uint32(): number;
    /** Uniform in [0, 1) with 53 bits; takes two words. */
    uniform(): number;
    /** Standard normal by Box and Muller; takes four words for two numbers and keeps the second. */
    normal(): number;
    /**
     * An integer in [0, n), each equally likely (draws again rather than take a biased remainder).
     * @param n an integer in [1, 2^53 - 1]
     * @throws RangeError for any other `n`
     */
    integer(n: number): number;
    /** Shuffles `items` in place (Fisher and Yates) and returns it. */
    shuffle<T extends {
        length: number;
        [index: number]: unknown;
    }>(items: T): T;
    /** The integers 0 ... n - 1 in random order. */
    permutation(n: number): Uint32Array;
    /**
     * `k` distinct integers of [0, n) in random order, every ordered choice equally likely. O(k) time and memory.
     * @throws RangeError where `k > n`, or either is negative or no integer
     */
    sample(n: number, k: number): Uint32Array;
    /** Fills `out` with uniform numbers from `low` to `high`; one word (32 bits) each. float32 rounding may reach `high`. */
    fillUniform(out: Float32Array, low: number, high: number): Float32Array;
    /** Fills `out` with standard normal numbers, as `normal()` called `out.length` times. */
    fillNormal(out: Float32Array): Float32Array;
}
//# sourceMappingURL=stream.d.ts.map