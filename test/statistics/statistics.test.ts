import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Key } from "../../src/random/index.ts";
import {
  averageRanks,
  bootstrap,
  kendall,
  mean,
  median,
  pairedDifference,
  sampleStd,
  spearman,
  tQuantile,
} from "../../src/statistics/index.ts";
import fixtures from "../fixtures/statistics/statistics.json" with { type: "json" };

it("the median is the middle value, or the mean of two, whatever their order", () => {
  expect(median([10, 2, 9])).toBe(9);
  expect(median([10, 2, 9, 3])).toBe(6);
  expect(median([])).toBeNaN();
});

describe("rank correlations", () => {
  it.each(fixtures.correlations.map((fixture, i) => ({ ...fixture, title: `${i}: ${fixture.x.length} pairs` })))(
    "equal SciPy's, $title",
    ({ x, y, ranks, ...expected }) => {
      expect([...averageRanks(x)]).toEqual(ranks);
      expect(spearman(x, y)).toBeCloseTo(expected.spearman, 12);
      expect(kendall(x, y)).toBeCloseTo(expected.kendall, 12);
    },
  );

  it("equal what is counted by hand", () => {
    expect([...averageRanks([30, 10, 30, 20])]).toEqual([3.5, 1, 3.5, 2]);
    expect(spearman([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 15);
    expect(kendall([1, 2, 3], [1, 3, 2])).toBeCloseTo(1 / 3, 15);
    // 4 concordant pairs of 6, one tied in x, one in y: 4 / sqrt(5 * 5).
    expect(kendall([1, 1, 2, 3], [1, 2, 3, 3])).toBeCloseTo(0.8, 15);
  });

  it("rank infinities, which stand for what diverged, and refuse NaN", () => {
    expect([...averageRanks([-Infinity, 5, -Infinity])]).toEqual([1.5, 3, 1.5]);
    expect(spearman([-Infinity, 1, 2], [-Infinity, 5, 6])).toBeCloseTo(1, 15);
    expect(kendall([-Infinity, -Infinity, 2], [3, 4, 6])).toBeCloseTo(2 / Math.sqrt(6), 15);
    expect(() => averageRanks([1, Number.NaN])).toThrow("a NaN has no rank");
  });

  it("are not defined for equal values, and refuse what is no pairs", () => {
    for (const correlation of [spearman, kendall]) {
      expect(correlation([1, 1, 1], [1, 2, 3])).toBeNaN();
      expect(correlation([1], [1])).toBeNaN();
      expect(() => correlation([1, 2], [1])).toThrow("2 and 1 values do not make pairs");
    }
  });

  it("do not change under growing maps, and turn with the sign", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 3,
    });
    fc.assert(
      fc.property(pairs, (points) => {
        const [x, y] = [points.map(([a]) => a), points.map(([, b]) => b)];
        for (const correlation of [spearman, kendall]) {
          const value = correlation(x, y);
          fc.pre(!Number.isNaN(value));
          expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-12);
          expect(correlation(y, x)).toBeCloseTo(value, 12);
          expect(
            correlation(
              x.map((a) => a ** 3 + 2),
              y,
            ),
          ).toBeCloseTo(value, 12);
          expect(
            correlation(
              x.map((a) => -a),
              y,
            ),
          ).toBeCloseTo(-value, 12);
        }
      }),
    );
  });
});

describe("bootstrap", () => {
  const key = Key.fromSeed(3);

  it("covers a mean as its standard error says", () => {
    const stream = key.fold("sample").stream();
    const sample = Array.from({ length: 400 }, () => stream.normal());
    const of = (indices: Uint32Array): number => mean(Array.from(indices, (i) => sample[i]));
    const { low, high } = bootstrap(of, sample.length, { key })!;
    const half = (1.96 * sampleStd(sample)) / 20;
    expect(low).toBeCloseTo(mean(sample) - half, 1);
    expect(high).toBeCloseTo(mean(sample) + half, 1);
    expect(high - low).toBeGreaterThan(half);
    const narrow = bootstrap(of, sample.length, { key, level: 0.5 })!;
    expect(narrow.high - narrow.low).toBeLessThan((high - low) / 2);
  });

  it("is a function of its key", () => {
    const of = (indices: Uint32Array): number => indices[0] + indices[1];
    const options = { resamples: 50, key };
    expect(bootstrap(of, 30, options)).toEqual(bootstrap(of, 30, options));
    expect(bootstrap(of, 30, options)).not.toEqual(bootstrap(of, 30, { ...options, key: key.fold(1) }));
  });

  it("leaves draws without a value out, and says nothing where most have none", () => {
    const of = (indices: Uint32Array): number => spearman(indices, indices);
    expect(bootstrap(of, 3, { key })).toEqual({ low: 1, high: 1 });
    expect(bootstrap(() => Number.NaN, 3, { key })).toBeUndefined();
    expect(bootstrap(() => 1, 0, { key })).toBeUndefined();
    expect(() => bootstrap(() => 1, 3, { key, level: 95 })).toThrow("level must be between 0 and 1");
  });
});

describe("summaries", () => {
  it("take Student's quantiles from SciPy's", () => {
    for (const { share, freedom, t } of fixtures.quantiles) {
      expect(Math.abs(tQuantile(share, freedom) - t), `${share}, ${freedom}`).toBeLessThan(1e-7 * (1 + t));
    }
    expect(() => tQuantile(1, 3)).toThrow(RangeError);
  });

  it("give mean, spread and the interval of paired differences", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(sampleStd([1, 2, 6])).toBeCloseTo(Math.sqrt(7), 12);
    expect(sampleStd([5])).toBe(0);
    const { mean: difference, interval, pairs } = pairedDifference([3, 5, 7, 9], [1, 2, 3, 4]);
    // Differences 2, 3, 4, 5: std sqrt(5/3), t(3) = 3.182446.
    expect([difference, pairs]).toEqual([3.5, 4]);
    expect(interval!.high - 3.5).toBeCloseTo((3.182446 * Math.sqrt(5 / 3)) / 2, 5);
    expect(pairedDifference([1], [2])).toEqual({ mean: -1, interval: undefined, pairs: 1 });
    expect(() => pairedDifference([1], [])).toThrow("1 and 0 values do not make pairs");
  });
});
