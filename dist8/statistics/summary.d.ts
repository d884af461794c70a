import type { Interval } from "./bootstrap.ts";
/** Arithmetic mean; NaN of nothing. */
export declare function mean(values: readonly number[]): number;
/** Sample standard deviation (n - 1); 0 for fewer than two values. */
export declare function sampleStd(values: readonly number[]): number;
export interface PairedDifference {
    readonly mean: number;
    /** Student's 95 % interval of the mean; undefined for fewer than two pairs. */
    readonly interval: Interval | undefined;
    readonly pairs: number;
}
/**
 * Mean of `a[i] - b[i]` with Student's 95 % interval. Pairs count as independent.
 *
 * @throws RangeError where the lengths differ.
 */
export declare function pairedDifference(a: readonly number[], b: readonly number[]): PairedDifference;
/**
 * Quantile of Student's t distribution.
 *
 * @param share   in [0.5, 1).
 * @param freedom degrees of freedom, a positive integer.
 */
export declare function tQuantile(share: number, freedom: number): number;
//# sourceMappingURL=summary.d.ts.map