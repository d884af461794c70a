// Rank correlation with ties.

/**
 * Ranks from 1 upwards; equal values share the mean of their ranks.
 *
 * @throws RangeError for a NaN.
 */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => compare(values[a], values[b]));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Spearman's rho: Pearson's correlation of the average ranks.
 *
 * @returns in [-1, 1]; NaN where it is not defined: fewer than two values, or all equal in `x` or `y`.
 * @throws RangeError where the lengths differ, or for a NaN.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkLengths(x, y);
  const [a, b] = [averageRanks(x), averageRanks(y)];
  const middle = (a.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - middle) * (b[i] - middle);
    aa += (a[i] - middle) ** 2;
    bb += (b[i] - middle) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/**
 * Kendall's tau-b: `(concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y))`.
 *
 * @returns in [-1, 1]; NaN where it is not defined, as for {@link spearman}.
 * @throws RangeError where the lengths differ, or for a NaN.
 */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkLengths(x, y);
  let [balance, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [compare(x[i], x[j]), compare(y[i], y[j])];
      balance += a * b;
      untiedX += a * a;
      untiedY += b * b;
    }
  }
  return balance / Math.sqrt(untiedX * untiedY);
}

/** -1, 0 or 1. Unlike a difference, it takes infinities. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  throw new RangeError("a NaN has no rank");
}

function checkLengths(x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) throw new RangeError(`${x.length} and ${y.length} values do not make pairs`);
}
