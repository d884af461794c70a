// Streams: golden numbers, ranges, distributions (fixed seeds) and errors.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Key, type Stream } from "../../src/random/index.ts";

const stream = (...path: (string | number)[]): Stream =>
  Key.fromSeed(2024)
    .fold(...path)
    .stream();

function moments(values: Float64Array): { mean: number; variance: number; kurtosis: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((sum, v) => sum + (v - mean) ** 4, 0) / values.length;
  return { mean, variance, kurtosis: fourth / variance ** 2 };
}

/** Pearson's statistic of counts that should be equal. */
function chiSquare(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const expected = all.reduce((a, b) => a + b, 0) / all.length;
  return all.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

describe("Stream", () => {
  it("keeps its golden numbers", () => {
    const s = Key.fromSeed(42).fold("golden", 1).stream();
    expect(s.uint32()).toBe(3844007128);
    expect(s.uniform()).toBe(0.6426038096920875);
    expect(s.normal()).toBeCloseTo(2.0124207982870925, 12);
    expect(s.normal()).toBeCloseTo(-0.33071688141618344, 12);
    expect(s.integer(10)).toBe(8);
    expect(s.integer(2 ** 40)).toBe(992680250820);
    expect([...Key.fromSeed(42).fold("permutation").stream().permutation(10)]).toEqual([2, 7, 1, 6, 8, 0, 5, 9, 4, 3]);
    expect([...Key.fromSeed(42).fold("sample").stream().sample(1000, 5)]).toEqual([567, 482, 737, 225, 103]);
  });

  it("starts anew for each stream of a key, and each runs alone", () => {
    const key = Key.fromSeed(9).fold("x");
    const a = key.stream();
    const first = [a.uint32(), a.uint32(), a.uint32(), a.uint32(), a.uint32()];
    const b = key.stream();
    const c = key.stream();
    const turns = first.map(() => [b.uint32(), c.uint32()]);
    expect(turns).toEqual(first.map((word) => [word, word]));
  });

  it("gives words whose every bit is set half of the time", () => {
    const s = stream("bits");
    const set = new Float64Array(32);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const word = s.uint32();
      for (let bit = 0; bit < 32; bit++) set[bit] += (word >>> bit) & 1;
    }
    for (const n of set) expect(Math.abs(n / draws - 0.5)).toBeLessThan(4.5 * 0.5 * Math.sqrt(1 / draws));
  });

  it("draws beta(1) as uniform(), and symmetric beta distributions with their moments", () => {
    const [a, b] = [stream("beta", 1), stream("beta", 1)];
    for (let i = 0; i < 20; i++) expect(a.beta(1)).toBe(b.uniform());
    for (const shape of [0.01, 0.3, 0.99, 2, 7]) {
      const s = stream("beta", shape);
      const { mean, variance } = moments(Float64Array.from({ length: 20_000 }, () => s.beta(shape)));
      const expected = 1 / (4 * (2 * shape + 1));
      expect(Math.abs(mean - 0.5), `mean for ${shape}`).toBeLessThan(4.5 * Math.sqrt(expected / 20_000));
      expect(Math.abs(variance / expected - 1), `variance for ${shape}`).toBeLessThan(0.05);
    }
    expect(() => stream("beta").beta(0)).toThrow("beta: shape must be above 0, not 0");
    expect(() => stream("beta").beta(Number.NaN)).toThrow(RangeError);
  });

  it.each<[number, (x: number) => number]>([
    [0.5, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    [2, (x) => x * x * (3 - 2 * x)],
    [3, (x) => x ** 3 * (10 - 15 * x + 6 * x * x)],
  ])("spreads the values of beta(%d) evenly under its distribution function", (shape, cumulative) => {
    const s = stream("beta", "cells", shape);
    const counts = new Float64Array(20);
    for (let i = 0; i < 20_000; i++) counts[Math.min(19, Math.floor(20 * cumulative(s.beta(shape))))]++;
    expect(chiSquare(counts)).toBeLessThan(43.8); // 0.1 % of 19 degrees of freedom
  });

  it("spreads uniform() evenly over [0, 1)", () => {
    const s = stream("uniform");
    const values = Float64Array.from({ length: 50_000 }, () => s.uniform());
    const bins = new Uint32Array(100);
    for (const v of values) bins[Math.floor(v * 100)]++;
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    expect(chiSquare(bins)).toBeLessThan(149); // 99.9 % at 99 degrees of freedom
    expect(moments(values).mean).toBeCloseTo(0.5, 2);
    expect(values.some((v) => (v * 2 ** 32) % 1 !== 0)).toBe(true); // more than 32 bits
  });

  it("gives standard normal numbers, both of a pair independent", () => {
    const s = stream("normal");
    const values = Float64Array.from({ length: 100_000 }, () => s.normal());
    const { mean, variance, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.012);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.07);
    let product = 0;
    for (let i = 0; i < values.length; i += 2) product += values[i] * values[i + 1];
    expect(Math.abs(product / (values.length / 2))).toBeLessThan(0.018);
    expect(values.filter((v) => Math.abs(v) < 1).length / values.length).toBeCloseTo(0.6827, 2);
  });

  it("draws each integer below n equally often", () => {
    const s = stream("integer");
    const counts = new Uint32Array(7);
    for (let i = 0; i < 70_000; i++) counts[s.integer(7)]++;
    expect(chiSquare(counts)).toBeLessThan(22.5); // 99.9 % at 6 degrees of freedom
  });

  it("is unbiased where a plain remainder would not be", () => {
    const s = stream("bias");
    const n = 3 * 2 ** 30; // of 2^32 remainders the lower third would come twice as often
    let low = 0;
    for (let i = 0; i < 9000; i++) if (s.integer(n) < 2 ** 30) low++;
    expect(Math.abs(low / 9000 - 1 / 3)).toBeLessThan(0.025);
  });

  it("keeps integers in range for any n", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.nat(), (n, seed) => {
        const value = Key.fromSeed(seed).stream().integer(n);
        expect(Number.isSafeInteger(value) && value >= 0 && value < n).toBe(true);
      }),
    );
  });

  it("permutes: every number once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), (n, seed) => {
        const order = Key.fromSeed(seed).stream().permutation(n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it("gives all orders of three equally often", () => {
    const s = stream("orders");
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = s.permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()])).toBeLessThan(20.5); // 99.9 % at 5 degrees of freedom
  });

  it("shuffles an array in place", () => {
    const items = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const shuffled = stream("shuffle").shuffle(items);
    expect(shuffled).toBe(items);
    expect(shuffled.join("")).not.toBe("abcdefgh");
    expect([...shuffled].sort().join("")).toBe("abcdefgh");
  });

  it("samples k distinct integers below n", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1000 }), fc.nat(), (k, extra, seed) => {
        const chosen = Key.fromSeed(seed)
          .stream()
          .sample(k + extra, k);
        expect(chosen.length).toBe(k);
        expect(new Set(chosen).size).toBe(k);
        expect(chosen.every((v) => v < k + extra)).toBe(true);
      }),
    );
  });

  it("samples every ordered pair equally often", () => {
    const s = stream("pairs");
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const pair = s.sample(4, 2).join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(12);
    expect(chiSquare([...counts.values()])).toBeLessThan(31.3); // 99.9 % at 11 degrees of freedom
  });

  it("samples few of very many", () => {
    const chosen = stream("many").sample(2 ** 32, 64);
    expect(new Set(chosen).size).toBe(64);
    expect(Math.max(...chosen)).toBeGreaterThan(2 ** 31);
  });

  it("fills arrays from the words in order", () => {
    const filled = stream("fill").fillUniform(new Float32Array(1000), -2, 3);
    const s = stream("fill");
    expect([...filled]).toEqual(Array.from({ length: 1000 }, () => Math.fround(-2 + 5 * (s.uint32() / 2 ** 32))));
    expect(Math.min(...filled)).toBeLessThan(-1.95);
    expect(Math.max(...filled)).toBeGreaterThan(2.95);
    const normal = stream("fill").fillNormal(new Float32Array(7));
    const t = stream("fill");
    expect([...normal]).toEqual(Array.from({ length: 7 }, () => Math.fround(t.normal())));
  });

  it("refuses counts that make no sense", () => {
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 53]) expect(() => stream().integer(n)).toThrow(RangeError);
    for (const n of [-1, 0.5, Number.NaN]) expect(() => stream().permutation(n)).toThrow(RangeError);
    expect(() => stream().sample(3, 4)).toThrow(RangeError);
    expect(() => stream().sample(3, -1)).toThrow(RangeError);
  });
});
