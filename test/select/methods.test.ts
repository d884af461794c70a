// The choices themselves, on points small enough to know the answer.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainMultiply } from "../../src/linalg/index.ts";
import { Key } from "../../src/random/index.ts";
import { ForgettingCounter, mostForgotten } from "../../src/select/forgetting.ts";
import { herding } from "../../src/select/herding.ts";
import { kCenter } from "../../src/select/kCenter.ts";
import { kMeans, spread } from "../../src/select/kMeans.ts";
import { meanOf, type Points } from "../../src/select/points.ts";

const points = (rows: readonly (readonly number[])[]): Points => ({
  data: Float32Array.from(rows.flat()),
  count: rows.length,
  width: rows[0].length,
});
const row = ({ data, width }: Points, i: number): number[] => Array.from(data.subarray(i * width, (i + 1) * width));
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0));
const firstOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values));
const stream = (seed: number) => Key.fromSeed(seed).stream();

/** Whole numbers, so that sums and ties are exact. */
const cloud = fc
  .array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((rows) => fc.record({ rows: fc.constant(rows), k: fc.integer({ min: 1, max: rows.length }) }));

function gaussian(count: number, width: number, seed: number): Points {
  return { data: stream(seed).fillNormal(new Float32Array(count * width)), count, width };
}

/** Distance of the mean of some points to the mean of all. */
function meanError(all: Points, chosen: readonly number[]): number {
  return distance(meanOf(points(chosen.map((i) => row(all, i)))), meanOf(all));
}

describe("herding", () => {
  it("chooses one after the other what brings the mean nearest, as trying all does", () => {
    fc.assert(
      fc.property(cloud, ({ rows, k }) => {
        const all = points(rows);
        const chosen: number[] = [];
        for (const pick of herding(all, k)) {
          const errors = rows.map((_, i) =>
            chosen.includes(i) ? Number.POSITIVE_INFINITY : meanError(all, [...chosen, i]),
          );
          expect(errors[pick]).toBeLessThanOrEqual(Math.min(...errors) + 1e-9);
          chosen.push(pick);
        }
        expect(new Set(chosen).size).toBe(k);
      }),
    );
  });

  it("begins nearest to the mean, and takes the first of equals", () => {
    expect(herding(points([[0], [10], [4], [6]]), 2)).toEqual([2, 3]);
    expect(herding(points([[1], [1], [1]]), 3)).toEqual([0, 1, 2]);
  });

  it("brings the mean nearer with more points, far nearer than random ones do", () => {
    const all = gaussian(200, 4, 1);
    const chosen = herding(all, 40);
    const [one, ten, forty] = [1, 10, 40].map((k) => meanError(all, chosen.slice(0, k)));
    expect(ten).toBeLessThan(one / 3);
    expect(forty).toBeLessThan(ten / 2);
    const random = Array.from({ length: 20 }, (_, seed) => meanError(all, Array.from(stream(seed).sample(200, 10))));
    expect(ten).toBeLessThan(Math.min(...random));
  });
});

describe("greedy k-center", () => {
  it("always takes the point farthest from those chosen, as trying all does", () => {
    fc.assert(
      fc.property(cloud, ({ rows, k }) => {
        const chosen: number[] = [];
        const mean = meanOf(points(rows));
        for (const pick of kCenter(points(rows), k)) {
          const radii = rows.map((point, i) =>
            chosen.includes(i) ? -1 : Math.min(...chosen.map((j) => distance(point, rows[j]))),
          );
          const expected =
            chosen.length === 0
              ? firstOfLeast(rows.map((point) => distance(point, mean)))
              : radii.indexOf(Math.max(...radii));
          expect(radii.length === 0 || chosen.length === 0 ? distance(rows[pick], mean) : radii[pick]).toBeCloseTo(
            chosen.length === 0 ? distance(rows[expected], mean) : radii[expected],
            9,
          );
          chosen.push(pick);
        }
        expect(new Set(chosen).size).toBe(k);
      }),
    );
  });

  it("covers all points within twice the smallest possible radius", () => {
    fc.assert(
      fc.property(cloud, ({ rows, k: wanted }) => {
        const k = Math.min(wanted, 3);
        const radius = (centres: readonly number[]): number =>
          Math.max(...rows.map((point) => Math.min(...centres.map((j) => distance(point, rows[j])))));
        const best = Math.min(...subsets(rows.length, k).map(radius));
        expect(radius(kCenter(points(rows), k))).toBeLessThanOrEqual(2 * best + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it("gives known answers on a line", () => {
    expect(kCenter(points([[0], [1], [5], [9], [10]]), 3)).toEqual([2, 0, 4]);
  });
});

describe("k-means", () => {
  const corners = [
    [-50, -50],
    [50, -50],
    [-50, 50],
    [50, 50],
  ] as const;
  const clusters = (seed: number): Points => {
    const noise = stream(seed);
    return points(Array.from({ length: 40 }, (_, i) => corners[i % 4].map((x) => x + noise.normal())));
  };

  it("starts from one point of each of well separated clusters, and chooses the one nearest to each centre", async () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(new Set(spread(clusters(seed), 4, stream(seed)).map((i) => i % 4)).size).toBe(4);
      const chosen = await kMeans(clusters(seed), 4, stream(seed), plainMultiply);
      for (const pick of chosen) {
        const indices = Array.from({ length: 10 }, (_, i) => 4 * i + (pick % 4));
        const mean = meanOf(points(indices.map((i) => row(clusters(seed), i))));
        expect(pick).toBe(indices[firstOfLeast(indices.map((i) => distance(row(clusters(seed), i), mean)))]);
      }
      expect(new Set(chosen.map((i) => i % 4)).size).toBe(4);
    }
  });

  it("gives distinct points, all of them where that many are wanted, equal points too", async () => {
    await fc.assert(
      fc.asyncProperty(cloud, fc.nat(1000), async ({ rows, k }, seed) => {
        const chosen = await kMeans(points(rows), k, stream(seed), plainMultiply);
        expect(new Set(chosen).size).toBe(k);
        expect(chosen.every((i) => i >= 0 && i < rows.length)).toBe(true);
      }),
    );
    expect((await kMeans(points([[1], [1], [1], [1]]), 3, stream(0), plainMultiply)).length).toBe(3);
  });

  it("does not depend on where the origin lies", async () => {
    await fc.assert(
      fc.asyncProperty(cloud, fc.integer({ min: -64, max: 64 }), fc.nat(1000), async ({ rows, k }, shift, seed) => {
        const moved = rows.map((point) => point.map((x) => x + shift));
        const chosen = await kMeans(points(moved), k, stream(seed), plainMultiply);
        const cost = (picks: readonly number[]): number =>
          rows.reduce((sum, point) => sum + Math.min(...picks.map((j) => distance(point, rows[j]) ** 2)), 0);
        const unmoved = await kMeans(points(rows), k, stream(seed), plainMultiply);
        // Ties may be broken otherwise by rounding, but never for the worse by much.
        expect(Math.abs(cost(chosen) - cost(unmoved))).toBeLessThanOrEqual(0.5 * cost(unmoved) + 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it("leaves points nearer to what it chooses than random choices do", async () => {
    const all = gaussian(120, 3, 5);
    const within = (picks: readonly number[]): number =>
      Array.from({ length: 120 }, (_, i) =>
        Math.min(...picks.map((j) => distance(row(all, i), row(all, j)) ** 2)),
      ).reduce((a, b) => a + b);
    const total = { chosen: 0, random: 0 };
    for (let seed = 0; seed < 10; seed++) {
      const copy = { ...all, data: all.data.slice() };
      total.chosen += within(await kMeans(copy, 6, stream(seed), plainMultiply));
      total.random += within(Array.from(stream(seed).sample(120, 6)));
    }
    expect(total.chosen).toBeLessThan(0.8 * total.random);
  });
});

describe("forgetting", () => {
  it("counts correct answers followed by wrong ones; what was never learned is forgotten most", () => {
    const counter = new ForgettingCounter(4);
    for (const answers of [
      [1, 0, 0, 1],
      [0, 0, 1, 1],
      [1, 0, 1, 1],
      [0, 0, 0, 1],
    ])
      counter.add(answers);
    expect(Array.from(counter.scores())).toEqual([2, Number.POSITIVE_INFINITY, 1, 0]);
  });

  it("takes the most forgotten members, equal ones by the key", () => {
    const members = Uint32Array.of(10, 11, 12, 13);
    const scores: Record<number, number> = { 10: 1, 11: Number.POSITIVE_INFINITY, 12: 0, 13: Number.POSITIVE_INFINITY };
    const scoring = Float64Array.from({ length: 14 }, (_, i) => scores[i] ?? 0);
    const pick = (k: number, seed: number): number[] => mostForgotten(scoring, members, k, Key.fromSeed(seed));
    expect(pick(3, 0).toSorted()).toEqual([10, 11, 13]);
    expect(pick(3, 0)[2]).toBe(10);
    const firsts = new Set(Array.from({ length: 20 }, (_, seed) => pick(1, seed)[0]));
    expect(firsts).toEqual(new Set([11, 13]));
  });
});

function subsets(n: number, k: number): number[][] {
  if (k === 0) return [[]];
  return Array.from({ length: n }, (_, last) => last).flatMap((last) =>
    subsets(last, k - 1).map((rest) => [...rest, last]),
  );
}
