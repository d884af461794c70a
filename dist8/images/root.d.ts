import type { Multiply } from "../engine/types.ts";
export interface Roots {
    /** float64 [d, d], `A^(1/2)` */
    readonly root: Float64Array;
    /** float64 [d, d], `A^(-1/2)` */
    readonly inverseRoot: Float64Array;
    readonly steps: number;
}
/**
 * The coupled Newton-Schulz iteration (Higham, "Functions of Matrices", eq. 6.35) with minimax coefficients: for
 * `A / s` with spectrum in `(0, 1]`, from `Y = A / s` and `Z = I`,
 * `M = Z Y`, `H = a I + b M + c M²`, `Y := Y H`, `Z := H Z`
 * drives `Y` to `(A / s)^(1/2)` and `Z` to its inverse, in 7 steps for a condition number of 10^4.
 *
 * The new `Y` and `Z` are symmetric whenever the old ones are, so half of each is computed. `M` is symmetric only up to
 * rounding, and must be left as it comes: made symmetric, the iteration amplifies rounding and loses half its digits.
 *
 * @param matrix float64 [d, d], symmetric; it is overwritten.
 * @param smallest A lower bound of the eigenvalues, above 0.
 * @throws DatadamError `DIVERGED` where `smallest` is so small, next to the largest eigenvalue, that rounding decides.
 */
export declare function squareRoots(matrix: Float64Array, d: number, smallest: number, multiply: Multiply, onStep?: (done: number) => void): Promise<Roots>;
//# sourceMappingURL=root.d.ts.map