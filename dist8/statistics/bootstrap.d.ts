import type { Key } from "../random/index.ts";
export interface BootstrapOptions {
    /** Names the random draws. */
    readonly key: Key;
    /** Default 2000. */
    readonly resamples?: number;
    /** Coverage in (0, 1). Default 0.95. */
    readonly level?: number;
}
export interface Interval {
    readonly low: number;
    readonly high: number;
}
/**
 * Percentile interval (Efron 1979) of a statistic of `count` observations, which are drawn anew with replacement.
 *
 * @param statistic of the observations at `indices`, some of which come more than once. Where it gives NaN (no correlation
 * of equal values), the draw is left out.
 * @returns undefined where fewer than half of the draws have a value.
 */
export declare function bootstrap(statistic: (indices: Uint32Array) => number, count: number, { key, resamples, level }: BootstrapOptions): Interval | undefined;
//# sourceMappingURL=bootstrap.d.ts.map