// The odd polynomial of degree 5 nearest to 1 on an interval: one step of the iteration in `root.ts`.

/** `x (a + b x² + c x⁴)`, which maps the interval it was made for into `[low, high]`. */
export interface Quintic {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Minimises `max |1 - p(x)|` over `[low, high]`, by Remez exchange: the error takes its largest size, with alternating
 * sign, at both ends and at the two stationary points of `p` between them. Composing such steps, each for the image of
 * the last, is optimal among compositions of that length (Amsel et al., "The Polar Express", arXiv 2505.16932, section
 * 3).
 */
export function minimaxQuintic(low: number, high: number): Quintic {
  if (low / high > 0.99) return taylor(low, high);
  // Scaled to [l, 1], which conditions the linear system.
  const l = low / high;
  let [q, r] = [(3 * l + 1) / 4, (l + 3) / 4];
  let [a, b, c, error] = [0, 0, 0, 0];
  for (let step = 0; step < 100; step++) {
    const rows = [l, q, r, 1].map((x, i) => [x, x ** 3, x ** 5, i % 2 === 0 ? 1 : -1, 1]);
    const before = error;
    [a, b, c, error] = solve(rows);
    const root = Math.sqrt(9 * b * b - 20 * a * c);
    [q, r] = [Math.sqrt((-3 * b - root) / (10 * c)), Math.sqrt((-3 * b + root) / (10 * c))];
    if (Math.abs(error - before) < 1e-13) break;
  }
  return { a: a / high, b: b / high ** 3, c: c / high ** 5, low: 1 - error, high: 1 + error };
}

/** Close to 1 the best polynomial is the one whose first two derivatives vanish there: cubic convergence. */
function taylor(low: number, high: number): Quintic {
  const middle = (low + high) / 2;
  const error = 2.5 * ((high - low) / (high + low)) ** 3;
  return {
    a: 15 / 8 / middle,
    b: -10 / 8 / middle ** 3,
    c: 3 / 8 / middle ** 5,
    low: 1 - error,
    high: 1 + error,
  };
}

/** Solves a small dense system given as rows `[...coefficients, right side]`, by elimination with pivoting. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.reduce(
      (best, row, at) => (at >= i && Math.abs(row[i]) > Math.abs(rows[best][i]) ? at : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= n; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
