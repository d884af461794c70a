// Matrix products as programs of an engine.

import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { type Matrix, multiplyOn, plainMultiply, withMultiply } from "../../src/linalg/index.ts";
import { difference, draw } from "../tensor/values.ts";

const engines = [await createEngine({ workers: 1 }), await createEngine({ workers: 2 })];
const [one, two] = engines.map(multiplyOn);
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

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
    const result = await one(a, b, m, k, n);
    expect(result).toBeInstanceOf(Float32Array);
    expect(difference(result, product(a, b, m, k, n))).toBeLessThan(1e-6);
  });

  test("keeps the precision of float64", async () => {
    const [wideA, wideB] = [Float64Array.from(a, (v) => v / 3), Float64Array.from(b, (v) => v / 7)];
    const result = await one(wideA, wideB, m, k, n);
    expect(result).toBeInstanceOf(Float64Array);
    expect(difference(result, product(wideA, wideB, m, k, n))).toBeLessThan(1e-15);
  });

  test("takes views and shared memory", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * a.length));
    shared.set(a);
    const larger = new Float32Array(b.length + 10);
    larger.set(b, 4);
    const expected = await one(a, b, m, k, n);
    expect(await one<Float32Array>(shared, larger.subarray(4, 4 + b.length), m, k, n)).toEqual(expected);
  });

  test("gives the same bytes with one worker and with two", async () => {
    const jobs = Array.from({ length: 8 }, (_, i) => draw("normal", m * k, `left ${i}`));
    const [first, second] = await Promise.all(
      [one, two].map((multiply) => Promise.all(jobs.map((left) => multiply(left, b, m, k, n)))),
    );
    expect(second).toEqual(first);
  });

  test("refuses operands of other sizes", async () => {
    await expect(one(a, b, m, k, n + 1)).rejects.toThrow("operands of 231 and 165 numbers are not [7, 33] and [6, 33]");
  });

  test("rejects what is running and what comes later when its engine is closed", async () => {
    const closing = await createEngine({ workers: 1 });
    const multiply = multiplyOn(closing);
    await multiply(a, b, m, k, n);
    const running = [1, 2, 3].map(() => multiply(a, b, m, k, n));
    const settled = Promise.allSettled(running);
    await Promise.resolve();
    await closing.close();
    for (const { status } of await settled) expect(status).toBe("rejected");
    await expect(multiply(a, b, m, k, n)).rejects.toThrow("closed");
  });

  test("uses all workers of an engine for the strips of one product", async () => {
    const [size, strips] = [512, 6];
    const [left, right] = ["a", "b"].map((name) => Float64Array.from(draw("normal", size * size, name)));
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    onTestFinished(() => posted.mockRestore());
    const rows = Array.from({ length: strips }, (_, i) => left.subarray(i * 64 * size, (i + 1) * 64 * size));
    await Promise.all(rows.map((strip) => two(strip, right, 64, size, size)));
    const workers = new Set(posted.mock.contexts);
    expect(workers.size).toBe(2);
  });
});

describe("withMultiply", () => {
  const [a, b] = [Float64Array.of(1, 2), Float64Array.of(3, 4)];
  const product = (multiply: typeof plainMultiply): Promise<Float64Array> => multiply(a, b, 1, 2, 1);

  test("takes plain TypeScript for little work, and what it is given for any", async () => {
    await withMultiply(1e6, { engine: engines[0] }, async (multiply) => expect(multiply).toBe(plainMultiply));
    await withMultiply(1e12, { multiply: plainMultiply }, async (multiply) => expect(multiply).toBe(plainMultiply));
  });

  test("takes the engine that it is given, and leaves it open", async () => {
    const run = vi.spyOn(engines[0], "run");
    onTestFinished(() => run.mockRestore());
    expect(await withMultiply(1e12, { engine: engines[0] }, product)).toEqual(Float64Array.of(11));
    expect(run).toHaveBeenCalledTimes(1);
    expect(await one(a, b, 1, 2, 1)).toEqual(Float64Array.of(11));
  });

  test("makes an engine where it is given none, or none on a CPU, and closes it", async () => {
    const gpu = { ...engines[0], device: "webgpu" as const };
    let late: typeof plainMultiply | undefined;
    for (const engine of [undefined, gpu]) {
      const result = await withMultiply(1e12, { engine, workers: 1 }, (multiply) => {
        late = multiply;
        return product(multiply);
      });
      expect(result).toEqual(Float64Array.of(11));
      await expect(late!(a, b, 1, 2, 1)).rejects.toThrow("closed");
    }
  });
});
