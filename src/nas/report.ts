// What a search says: how rankings agree, and how long all of a space would take.

import type { Key } from "../random/index.ts";
import { bootstrap, kendall, spearman } from "../statistics/index.ts";
import { scoreOf } from "./rank.ts";
import type { Agreement, CandidateResult, Correlation } from "./types.ts";

/**
 * Correlation of a proxy's ranking with the reference ranking, both in the same order of candidates. Candidates are
 * what is drawn anew for the intervals.
 */
export function agreement(
  proxy: readonly CandidateResult[],
  reference: readonly CandidateResult[],
  key: Key,
): Agreement {
  const [x, y] = [proxy.map(scoreOf), reference.map(scoreOf)];
  const correlate = (name: string, correlation: typeof spearman): Correlation => {
    const value = correlation(x, y);
    const pick = (values: readonly number[], indices: Uint32Array): Float64Array =>
      Float64Array.from(indices, (i) => values[i]);
    const drawn = (indices: Uint32Array): number => correlation(pick(x, indices), pick(y, indices));
    const interval = bootstrap(drawn, x.length, { key: key.fold("bootstrap", name) });
    return { value: Number.isNaN(value) ? null : value, interval: interval ?? null };
  };
  return { count: x.length, spearman: correlate("spearman", spearman), kendall: correlate("kendall", kendall) };
}

/** Indices of the best `share` of the reference ranking (rounded up), and of all that equal the last of them. */
export function topOf(reference: readonly CandidateResult[], share: number): number[] {
  const scores = reference.map(scoreOf);
  const last = [...scores].sort((a, b) => (a === b ? 0 : b - a))[Math.ceil(share * scores.length) - 1];
  return scores.flatMap((score, i) => (score >= last ? [i] : []));
}

/** Wall-clock seconds that a ranking took with all its lanes at work. */
export function wallSeconds(results: readonly CandidateResult[]): number {
  return results.reduce((total, { seconds, lanes }) => total + seconds / lanes, 0);
}

/**
 * A projection, not a measurement: seconds of `costs` from measured ones, by the line `a + b * cost` through them
 * (least squares; without `a` where it would be negative).
 */
export function projectSeconds(
  measured: readonly { readonly cost: number; readonly seconds: number }[],
  costs: readonly number[],
): number {
  const n = measured.length;
  const sum = (of: (one: (typeof measured)[number]) => number): number => measured.reduce((s, one) => s + of(one), 0);
  const [x, y] = [sum(({ cost }) => cost) / n, sum(({ seconds }) => seconds) / n];
  const spread = sum(({ cost }) => (cost - x) ** 2);
  const slope = spread > 0 ? sum(({ cost, seconds }) => (cost - x) * (seconds - y)) / spread : 0;
  const all = costs.reduce((total, cost) => total + cost, 0);
  const constant = y - slope * x;
  // A line that makes expensive candidates cheap, or small ones free, is noise of few points: then in proportion.
  if (slope < 0 || constant < 0) return (y / x) * all;
  return constant * costs.length + slope * all;
}
