// Square root and inverse square root of a symmetric positive definite matrix, from matrix products alone.

import { DatadamError } from "../errors.ts";
import { allocate, fullProduct, mirror, symmetricProduct, transpose } from "./products.ts";
import { minimaxQuintic } from "./remez.ts";
import type { Multiply } from "./types.ts";

const MAX_STEPS = 40;
/** Root mean square of an eigenvalue's distance from 1 below which one more (cubic) step reaches rounding. */
const CLOSE = 1e-6;

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
export async function squareRoots(
  matrix: Float64Array,
  d: number,
  smallest: number,
  multiply: Multiply,
  onStep: (done: number) => void = () => {},
): Promise<Roots> {
  const symmetric = (a: Float64Array, b: Float64Array, out: Float64Array): Promise<void> =>
    symmetricProduct(multiply, a, b, d, d, (strip, row, rows, columns) => mirror(strip, row, rows, columns, out));
  const zeros = (): Float64Array => allocate(Float64Array, d * d);
  const scale = largestBound(matrix, d);
  let y = matrix;
  for (let i = 0; i < y.length; i++) y[i] /= scale;
  let [m, h] = [zeros(), zeros()];
  let z: Float64Array | undefined; // the identity, before the first step
  let transposed = m;
  let [low, high] = [Math.sqrt(smallest / scale), 1];
  const expected = expectedSteps(low);
  for (let steps = 1; steps <= MAX_STEPS; steps++) {
    if (z) await fullProduct(multiply, z, y, d, m);
    const distance = distanceFromIdentity(z ? m : y, d);
    if (!(distance < 10)) break;
    const { a, b, c, ...bounds } = distance < CLOSE ? minimaxQuintic(1, 1) : minimaxQuintic(low, high);
    [low, high] = [bounds.low, bounds.high];
    const polynomial = (x: Float64Array, squared: Float64Array): void => {
      for (let i = 0; i < h.length; i++) h[i] = b * x[i] + c * squared[i];
      for (let i = 0; i < d; i++) h[i * d + i] += a;
    };
    if (z) {
      transpose(m, d, transposed);
      await fullProduct(multiply, m, transposed, d, h);
      polynomial(m, h);
      transpose(h, d, transposed);
      await symmetric(y, transposed, m);
      await symmetric(h, z, y);
      [y, z, m] = [m, y, z];
    } else {
      await symmetric(y, y, h);
      polynomial(y, h);
      await symmetric(y, h, m);
      [y, z, m, h, transposed] = [m, h, y, zeros(), zeros()];
    }
    onStep(Math.min(1, steps / expected));
    if (distance < CLOSE) {
      const gain = Math.sqrt(scale);
      for (let i = 0; i < y.length; i++) {
        y[i] *= gain;
        z[i] /= gain;
      }
      return { root: y, inverseRoot: z, steps };
    }
  }
  throw new DatadamError(
    "DIVERGED",
    `No square root of a matrix with eigenvalues from ${smallest} up to ${scale}: rounding hides the smallest.`,
    { hint: "Use a larger ZCA eps, such as 0.1." },
  );
}

/** The smaller of the Frobenius norm and the largest absolute row sum: at least the largest eigenvalue. */
function largestBound(matrix: Float64Array, d: number): number {
  let [squares, largest] = [0, 0];
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = i * d; j < (i + 1) * d; j++) {
      sum += Math.abs(matrix[j]);
      squares += matrix[j] * matrix[j];
    }
    largest = Math.max(largest, sum);
  }
  return Math.min(Math.sqrt(squares), largest);
}

function distanceFromIdentity(matrix: Float64Array, d: number): number {
  let squares = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const difference = matrix[i * d + j] - (i === j ? 1 : 0);
      squares += difference * difference;
    }
  }
  return Math.sqrt(squares / d);
}

/** Steps that the bounds alone ask for: for progress only. */
function expectedSteps(low: number): number {
  let [step, bounds] = [1, { low, high: 1 }];
  for (; step < MAX_STEPS && bounds.high - bounds.low > CLOSE; step++) bounds = minimaxQuintic(bounds.low, bounds.high);
  return step;
}
