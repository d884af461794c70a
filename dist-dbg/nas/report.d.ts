import type { Key } from "../random/index.ts";
import type { Agreement, CandidateResult } from "./types.ts";
/**
 * Correlation of a proxy's ranking with the reference ranking, both in the same order of candidates. Candidates are what is drawn
 * anew for the intervals.
 */
export declare function agreement(proxy: readonly CandidateResult[], reference: readonly CandidateResult[], key: Key): Agreement;
/** Indices of the best `share` of the reference ranking (rounded up), and of all that equal the last of them. */
export declare function topOf(reference: readonly CandidateResult[], share: number): number[];
/** Wall-clock seconds that a ranking took with all its lanes at work. */
export declare function wallSeconds(results: readonly CandidateResult[]): number;
/**
 * A projection, not a measurement: seconds of `costs` from measured ones, by the line `a + b * cost` through them (least squares;
 * without `a` where it would be negative).
 */
export declare function projectSeconds(measured: readonly {
    readonly cost: number;
    readonly seconds: number;
}[], costs: readonly number[]): number;
//# sourceMappingURL=report.d.ts.map