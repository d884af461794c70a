// Matrix products outside programs.

import { afterAll, describe, expect, test } from "vitest";
import { createMultiplier, type Matrix } from "../../src/engine/index.ts";
import { difference, draw } from "../tensor/values.ts";

const one = await createMultiplier({ workers: 1 });
const two = await createMultiplier({ workers: 2 });
afterAll(() => Promise.all([one.close(), two.close()]));

/** `a [m, k]` times the transpose of `b [n, k]`. */
function product(a: Matrix, b: Matrix, m: number, k: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let total = 0;
    for (let i = 0; i < k; i++) total += a[row * k + i] * b[column * k + i];
    return total;
  });
}

describe("multiply", () => {
  const [m, k, n] = [7, 33, 5];
  const [a, b] = [draw("normal", m * k, "left"), draw("normal", n * k, "right")];

  test("takes the transpose of its second operand, in float32", async () => {
    const result = await one.multiply(a, b, m, k, n);
    expect(result).toBeInstanceOf(Float32Array);
    expect(difference(result, product(a, b, m, k, n))).toBeLessThan(1e-6);
  });

  test("keeps the precision of float64", async () => {
    const [wideA, wideB] = [Float64Array.from(a, (v) => v / 3), Float64Array.from(b, (v) => v / 7)];
    const result = await one.multiply(wideA, wideB, m, k, n);
    expect(result).toBeInstanceOf(Float64Array);
    expect(difference(result, product(wideA, wideB, m, k, n))).toBeLessThan(1e-15);
  });

  test("takes views and shared memory", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * a.length));
    shared.set(a);
    const larger = new Float32Array(b.length + 10);
    larger.set(b, 4);
    const expected = await one.multiply(a, b, m, k, n);
    expect(await one.multiply<Float32Array>(shared, larger.subarray(4, 4 + b.length), m, k, n)).toEqual(expected);
  });

  test("gives the same bytes with one worker and with two", async () => {
    const jobs = Array.from({ length: 8 }, (_, i) => draw("normal", m * k, `left ${i}`));
    const [first, second] = await Promise.all(
      [one, two].map((multiplier) => Promise.all(jobs.map((left) => multiplier.multiply(left, b, m, k, n)))),
    );
    expect(second).toEqual(first);
  });

  test("refuses operands of other sizes", () => {
    expect(() => one.multiply(a, b, m, k, n + 1)).toThrow(
      "operands of 231 and 165 numbers are not [7, 33] and [6, 33]",
    );
  });

  test("refuses a worker count that is none", async () => {
    await expect(createMultiplier({ workers: 0 })).rejects.toThrow("workers must be a positive integer, not 0");
  });

  test("rejects what is running and what comes later when it is closed", async () => {
    const closing = await createMultiplier({ workers: 1 });
    const running = [1, 2, 3].map(() => closing.multiply(a, b, m, k, n));
    const settled = Promise.allSettled(running);
    await closing.close();
    for (const { status } of await settled) expect(status).toBe("rejected");
    await expect(closing.multiply(a, b, m, k, n)).rejects.toThrow("closed");
  });
});
