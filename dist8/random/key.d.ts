import { Stream } from "./stream.ts";
/** An immutable name for one stream of random numbers: a seed and a path of parts. Equal paths give equal streams. */
export declare class Key {
    #private;
    private constructor();
    /**
     * The root key of a seed.
     * @param seed an integer in [0, 2^53 - 1]
     * @throws DatadamError INVALID_OPTION where the seed is anything else
     */
    static fromSeed(seed: number): Key;
    /**
     * The key one or more parts further down the path; `fold(a, b)` is `fold(a).fold(b)`. A number differs from its decimal
     * string: `fold(1)` is not `fold("1")`.
     * @throws RangeError where a number is not finite, TypeError where a part is neither number nor string
     */
    fold(...parts: (string | number)[]): Key;
    /** A new stream from the start of this key's sequence: every call returns the same numbers anew. */
    stream(): Stream;
}
//# sourceMappingURL=key.d.ts.map