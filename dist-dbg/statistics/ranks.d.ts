/**
 * Ranks from 1 upwards; equal values share the mean of their ranks.
 *
 * @throws RangeError for a NaN.
 */
export declare function averageRanks(values: ArrayLike<number>): Float64Array;
/**
 * Spearman's rho: Pearson's correlation of the average ranks.
 *
 * @returns in [-1, 1]; NaN where it is not defined: fewer than two values, or all equal in `x` or `y`.
 * @throws RangeError where the lengths differ, or for a NaN.
 */
export declare function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number;
/**
 * Kendall's tau-b: `(concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y))`.
 *
 * @returns in [-1, 1]; NaN where it is not defined, as for {@link spearman}.
 * @throws RangeError where the lengths differ, or for a NaN.
 */
export declare function kendall(x: ArrayLike<number>, y: ArrayLike<number>): number;
//# sourceMappingURL=ranks.d.ts.map