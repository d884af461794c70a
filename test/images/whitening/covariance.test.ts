// Whitening of images large enough for several strips of rows, on an engine, as large sets are.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine, type Engine } from "../../../src/engine/index.ts";
import { fitZca, prepare } from "../../../src/images/index.ts";
import type { Zca } from "../../../src/images/types.ts";
import { multiplyOn, plainMultiply } from "../../../src/linalg/index.ts";
import { fullProduct, symmetricProduct } from "../../../src/linalg/products.ts";
import { imageSet, largestDifference, noise } from "../oracle.ts";

const d = 20 * 20;
// Fewer images than numbers in one: most eigenvalues are eps.
const set = imageSet([1, 20, 20], noise(300 * d));
let engines: Engine[];
let fits: Zca[];

/** Equal to the last bit. (`toEqual` takes a second for arrays of this size.) */
const same = (a: Float32Array, b: Float32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

beforeAll(async () => {
  engines = await Promise.all([1, 2].map((workers) => createEngine({ workers })));
  fits = await Promise.all(engines.map((engine) => fitZca(set, 0.1, multiplyOn(engine))));
});
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

test("is the same to the last bit with one worker and with two", () => {
  expect(same(fits[1].whiten, fits[0].whiten)).toBe(true);
  expect(same(fits[1].unwhiten, fits[0].unwhiten)).toBe(true);
});

test("agrees between ONNX Runtime and plain TypeScript", async () => {
  const plain = await fitZca(set, 0.1, plainMultiply);
  expect(largestDifference(fits[0].whiten, plain.whiten)).toBeLessThan(1e-6);
  expect(largestDifference(fits[0].unwhiten, plain.unwhiten)).toBeLessThan(1e-6);
  expect([...fits[0].mean]).toEqual([...plain.mean]);
});

test("gives symmetric matrices, each the inverse of the other", async () => {
  const { whiten, unwhiten } = fits[0];
  const product = await plainMultiply(Float64Array.from(whiten), Float64Array.from(unwhiten), d, d, d);
  expect(
    largestDifference(
      product,
      product.map((_, i) => (i % (d + 1) === 0 ? 1 : 0)),
    ),
  ).toBeLessThan(1e-5);
  const transposed = whiten.map((_, i) => whiten[(i % d) * d + Math.floor(i / d)]);
  expect(same(transposed, whiten)).toBe(true);
});

test("prepare makes an engine for a set of this size, or takes one", async () => {
  const prepared = await prepare(set, { zca: { eps: 0.1 } });
  expect(same(prepared.preprocessing.zca!.whiten, fits[0].whiten)).toBe(true);
  const given = await prepare(set, { zca: { eps: 0.1 }, engine: engines[0] });
  expect(same(prepared.read([0, 299]), given.read([0, 299]))).toBe(true);
});

test("products too large for one call come in blocks of columns, with the same numbers", async () => {
  const size = 200;
  const [a, b] = [Float64Array.from(noise(size * size)), Float64Array.from(noise(2 * size * size).slice(size * size))];
  const expected = await plainMultiply(a, b, size, size, size);
  const calls: number[] = [];
  const counted: typeof plainMultiply = (x, y, m, k, n) => {
    calls.push(n);
    return plainMultiply(x, y, m, k, n);
  };
  const full = new Float64Array(size * size);
  await fullProduct(counted, a, b, size, full, 1);
  expect(full).toEqual(expected);
  expect(calls).toEqual([64, 64, 64, 8]);
  const strips: [Float64Array, number, number, number][] = [];
  await symmetricProduct(counted, a, a, size, size, (...strip) => strips.push(strip), 1);
  expect(strips).toEqual([[await plainMultiply(a, a, size, size, size), 0, size, size]]);
});
