import { describe, expect, test } from "vitest";
import { squareRoots } from "../../src/linalg/matrixSqrt.ts";
import { multiplyInto, plainMultiply } from "../../src/linalg/products.ts";
import { minimaxQuintic } from "../../src/linalg/remez.ts";
import { largestDifference } from "../images/oracle.ts";

describe("the minimax quintic", () => {
  test.each([0.001, 0.03, 0.3, 0.8, 0.95])("alternates four times between its bounds on [%d, 1.7]", (low) => {
    const { a, b, c, ...bounds } = minimaxQuintic(low, 1.7);
    const p = (x: number): number => x * (a + b * x * x + c * x ** 4);
    const values = Array.from({ length: 20001 }, (_, i) => p(low + ((1.7 - low) * i) / 20000));
    expect(Math.min(...values)).toBeCloseTo(bounds.low, 7);
    expect(Math.max(...values)).toBeCloseTo(bounds.high, 7);
    expect(1 - bounds.low).toBeCloseTo(bounds.high - 1, 12);
    // A signed error that touches both bounds in turn, four times, is the least possible (Chebyshev).
    const size = bounds.high - 1;
    const signs = values.filter((v) => Math.abs(Math.abs(v - 1) - size) < size * 1e-4).map((v) => Math.sign(v - 1));
    expect(signs.filter((sign, i) => sign !== signs[i - 1])).toEqual([-1, 1, -1, 1]);
  });

  test("brings a nearly exact value to 1 with cubic convergence", () => {
    const { a, b, c } = minimaxQuintic(1, 1);
    const x = 1 + 1e-4;
    expect(Math.abs(x * (a + b * x * x + c * x ** 4) - 1)).toBeLessThan(1e-11);
  });
});

/** `Q diag(values) Q` with a Householder reflection Q: a matrix whose roots are known. */
function reflected(values: readonly number[]): Float64Array {
  const d = values.length;
  const v = values.map((_, i) => Math.sin(i + 1));
  const norm = v.reduce((sum, x) => sum + x * x, 0);
  const q = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * v[i] * v[j]) / norm;
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return values.reduce((sum, value, l) => sum + q(i, l) * value * q(l, j), 0);
  });
}

describe("square roots", () => {
  test.each([
    ["a spectrum over seven decades", Array.from({ length: 24 }, (_, i) => 10 ** (3 - i / 3)), 1e-9],
    ["equal eigenvalues", new Array<number>(9).fill(7), 1e-13],
    ["one eigenvalue far above the rest", [5000, ...new Array<number>(30).fill(0.1)], 1e-11],
  ] as const)("of %s are exact to rounding", async (_name, values, tolerance) => {
    const { root, inverseRoot } = await squareRoots(
      reflected(values),
      values.length,
      Math.min(...values),
      plainMultiply,
    );
    const scale = Math.sqrt(Math.max(...values));
    expect(largestDifference(root, reflected(values.map(Math.sqrt))) / scale).toBeLessThan(tolerance);
    const inverse = Math.sqrt(1 / Math.min(...values));
    expect(largestDifference(inverseRoot, reflected(values.map((x) => 1 / Math.sqrt(x)))) / inverse).toBeLessThan(
      tolerance,
    );
  });

  test("take few steps at the condition number of whitening", async () => {
    const values = Array.from({ length: 40 }, (_, i) => 0.1 * 10 ** (i / 10));
    const { steps } = await squareRoots(reflected(values), 40, 0.1, plainMultiply);
    expect(steps).toBeLessThanOrEqual(7);
  });

  test("that rounding makes impossible are an error with advice", async () => {
    const values = [1, -1e-3, 1];
    const work = squareRoots(reflected(values), 3, 1e-12, plainMultiply);
    await expect(work).rejects.toMatchObject({ code: "DIVERGED", hint: expect.stringContaining("eps") });
  });
});

test("the plain product agrees with its definition for odd and even sizes", () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [2, 3, 2],
    [3, 5, 4],
    [4, 2, 3],
    [5, 7, 5],
    [9, 6, 3],
  ]) {
    const a = Float32Array.from({ length: m * k }, (_, i) => Math.cos(i));
    const b = Float32Array.from({ length: n * k }, (_, i) => Math.sin(2 * i));
    const out = new Float64Array(m * n);
    multiplyInto(a, b, m, k, n, out);
    const expected = Float64Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[Math.floor(at / n) * k + l] * b[(at % n) * k + l];
      return sum;
    });
    expect(largestDifference(out, expected)).toBeLessThan(1e-14);
  }
});
