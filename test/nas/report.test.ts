import { describe, expect, it } from "vitest";
import { agreement, type CandidateResult, projectSeconds, topOf, wallSeconds } from "../../src/nas/index.ts";
import { Key } from "../../src/random/index.ts";

const results = (accuracies: readonly (number | null)[]): CandidateResult[] =>
  accuracies.map((accuracy, i) => ({ id: `c${i}`, accuracy, seconds: 2, lanes: 2 }));

describe("agreement", () => {
  it("correlates rankings, with what diverged below everything", () => {
    const reference = results([50, 60, 70, null, null]);
    const { count, spearman, kendall } = agreement(results([20, 30, 40, null, null]), reference, Key.fromSeed(0));
    expect([count, spearman.value, kendall.value]).toEqual([5, expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    const turned = agreement(results([40, 30, 20, 1, 0]), results([1, 2, 3, 4, 5]), Key.fromSeed(0));
    expect(turned.spearman.value).toBeCloseTo(-1, 12);
  });

  it("gives seeded intervals around the value, and none where nothing is defined", () => {
    const noisy = Array.from({ length: 40 }, (_, i) => i + 17 * Math.sin(i * i));
    const proxy = results(noisy);
    const reference = results(noisy.map((_, i) => i));
    const found = agreement(proxy, reference, Key.fromSeed(1));
    expect(agreement(proxy, reference, Key.fromSeed(1))).toEqual(found);
    for (const { value, interval } of [found.spearman, found.kendall]) {
      expect(interval!.low).toBeLessThan(value!);
      expect(interval!.high).toBeGreaterThan(value!);
      expect(interval!.high - interval!.low).toBeGreaterThan(0.05);
    }
    const equal = agreement(results([5, 5, 5]), results([1, 2, 3]), Key.fromSeed(0));
    expect(equal.spearman).toEqual({ value: null, interval: null });
  });
});

describe("topOf", () => {
  it("takes the best share, rounded up, with all that equal the last", () => {
    expect(topOf(results([1, 9, 5, 7, 3]), 0.2)).toEqual([1]);
    expect(topOf(results([1, 9, 5, 7, 3]), 0.5)).toEqual([1, 2, 3]);
    expect(topOf(results([7, 9, 7, 7, null]), 0.4)).toEqual([0, 1, 2, 3]);
    expect(topOf(results([null, null]), 1)).toEqual([0, 1]);
  });
});

it("counts the seconds of lanes side by side", () => {
  expect(wallSeconds(results([1, 2, 3]))).toBe(3);
});

describe("projectSeconds", () => {
  it("follows the line through what was measured", () => {
    const measured = [1, 2, 5].map((cost) => ({ cost, seconds: 3 + 2 * cost }));
    expect(projectSeconds(measured, [1, 10, 100])).toBeCloseTo(5 + 23 + 203, 9);
  });

  it("goes by proportion where the line makes no sense", () => {
    const falling = [
      { cost: 1, seconds: 5 },
      { cost: 3, seconds: 3 },
    ];
    expect(projectSeconds(falling, [2, 4])).toBeCloseTo((4 / 2) * 6, 9);
    expect(projectSeconds([{ cost: 2, seconds: 8 }], [1, 2])).toBeCloseTo(16, 9);
    const negative = [
      { cost: 1, seconds: 0.1 },
      { cost: 3, seconds: 9 },
    ];
    expect(projectSeconds(negative, [1])).toBeGreaterThan(0);
  });
});
