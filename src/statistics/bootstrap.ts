// Bootstrap intervals: how far a statistic would move with another sample of the same kind.

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
 * @param statistic of the observations at `indices`, some of which come more than once. Where it gives NaN (no
 *   correlation of equal values), the draw is left out.
 * @returns undefined where fewer than half of the draws have a value.
 */
export function bootstrap(
  statistic: (indices: Uint32Array) => number,
  count: number,
  { key, resamples = 2000, level = 0.95 }: BootstrapOptions,
): Interval | undefined {
  if (!(level > 0 && level < 1)) throw new RangeError(`bootstrap: level must be between 0 and 1, got ${level}`);
  const stream = key.stream();
  const indices = new Uint32Array(count);
  const values: number[] = [];
  for (let draw = 0; draw < resamples && count > 0; draw++) {
    for (let i = 0; i < count; i++) indices[i] = stream.integer(count);
    const value = statistic(indices);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0 || values.length < resamples / 2) return undefined;
  values.sort((a, b) => a - b);
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

/** Linear between order statistics (NumPy's default). */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
