// Means, their spread, and differences of pairs.

import type { Interval } from "./bootstrap.ts";

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The middle of the values, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Sample standard deviation (n - 1); 0 for fewer than two values. */
export function sampleStd(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1));
}

/** Standard error of the difference of two means of independent values; 0 where neither has a spread. */
export function standardError(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(sampleStd(a) / Math.sqrt(a.length), sampleStd(b) / Math.sqrt(b.length));
}

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
export function pairedDifference(a: readonly number[], b: readonly number[]): PairedDifference {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values do not make pairs`);
  const differences = a.map((value, i) => value - b[i]);
  const middle = mean(differences);
  if (a.length < 2) return { mean: middle, interval: undefined, pairs: a.length };
  const half = (tQuantile(0.975, a.length - 1) * sampleStd(differences)) / Math.sqrt(a.length);
  return { mean: middle, interval: { low: middle - half, high: middle + half }, pairs: a.length };
}

/**
 * Quantile of Student's t distribution.
 *
 * @param share   in [0.5, 1).
 * @param freedom degrees of freedom, a positive integer.
 */
export function tQuantile(share: number, freedom: number): number {
  if (!(share >= 0.5 && share < 1) || !Number.isInteger(freedom) || freedom < 1) {
    throw new RangeError(`tQuantile: no quantile ${share} with ${freedom} degrees of freedom`);
  }
  let [low, high] = [0, 1];
  while (within(high, freedom) < 2 * share - 1) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 2 * share - 1) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** `P(|T| <= t)` for integer degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4). */
function within(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const squared = Math.cos(angle) ** 2;
  const odd = freedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let total = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (squared * (k - 1)) / k;
    total += term;
  }
  const sum = Math.sin(angle) * total;
  return odd ? (2 / Math.PI) * (angle + sum) : sum;
}
