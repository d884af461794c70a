import { describe, expect, test } from "vitest";
import { fitZca, prepare } from "../../../src/images/index.ts";
import { plainMultiply } from "../../../src/linalg/index.ts";
import { imageSet, largestDifference, noise, zcaCases } from "../oracle.ts";

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.each(zcaCases())("ZCA of $name", ({ set, eps, mean, covariance, whiten, unwhiten, whitened }) => {
  const d = mean.length;

  test("agrees with NumPy's eigendecomposition", async () => {
    const zca = await fitZca(set, eps, plainMultiply);
    expect(largestDifference(zca.mean, mean)).toBeLessThan(1e-6);
    const scale = Math.max(...whiten);
    expect(largestDifference(zca.whiten, whiten) / scale).toBeLessThan(1e-6);
    expect(largestDifference(zca.unwhiten, unwhiten)).toBeLessThan(1e-6);
  });

  test("whitens images as NumPy does", async () => {
    const prepared = await prepare(set, { zca: { eps } });
    const ours = prepared.read(all(whitened.length / d));
    const scale = Math.max(...whitened.map(Math.abs));
    expect(largestDifference(ours, whitened) / scale).toBeLessThan(1e-5);
  });

  test("gives whitened images the covariance C (C + eps I)^-1", async () => {
    const x = (await prepare(set, { zca: { eps } })).read(all(set.count));
    const n = set.count;
    const after = new Float64Array(d * d);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++)
        for (let k = 0; k < d; k++) after[j * d + k] += (x[i * d + j] * x[i * d + k]) / (n - 1);
    }
    // after (C + eps I) = C
    const product = new Float64Array(d * d);
    for (let j = 0; j < d; j++) {
      for (let l = 0; l < d; l++) {
        for (let k = 0; k < d; k++)
          product[j * d + k] += after[j * d + l] * (covariance[l * d + k] + (l === k ? eps : 0));
      }
    }
    expect(largestDifference(product, covariance)).toBeLessThan(1e-4);
  });
});

describe("fitting ZCA", () => {
  test("gives eps^(-1/2) I for images that are all the same", async () => {
    const set = imageSet([3, 2, 2], new Uint8Array(12 * 5).fill(200));
    const zca = await fitZca(set, 0.25, plainMultiply);
    const identity = Float32Array.from({ length: 144 }, (_, i) => (i % 13 === 0 ? 1 : 0));
    expect(
      largestDifference(
        zca.whiten,
        identity.map((v) => v / 0.5),
      ),
    ).toBeLessThan(1e-6);
    expect(
      largestDifference(
        zca.unwhiten,
        identity.map((v) => v * 0.5),
      ),
    ).toBeLessThan(1e-6);
  });

  test("takes several chunks of images and gives the same whatever their order", async () => {
    const pixels = noise(12 * 2500);
    const reversed = new Uint8Array(pixels.length);
    for (let i = 0; i < 2500; i++) reversed.set(pixels.subarray(i * 12, (i + 1) * 12), (2499 - i) * 12);
    const [a, b] = [
      await fitZca(imageSet([3, 2, 2], pixels), 0.1, plainMultiply),
      await fitZca(imageSet([3, 2, 2], reversed), 0.1, plainMultiply),
    ];
    expect(a).toEqual(b);
    // Independent uniform bytes: variance (256^2 - 1) / 12 in bytes.
    const variance = (256 ** 2 - 1) / 12 / (255 * 0.2) ** 2;
    expect(a.whiten[0]).toBeCloseTo(1 / Math.sqrt(variance + 0.1), 1);
  });

  test("reports progress from 0 to 1 in each stage, in order", async () => {
    const events: [string, number][] = [];
    await prepare(imageSet([3, 2, 2], noise(12 * 2500)), {
      zca: { eps: 0.1 },
      onProgress: (...event) => events.push(event),
    });
    const stages = [...new Set(events.map(([stage]) => stage))];
    expect(stages).toEqual(["covariance", "root", "whiten"]);
    for (const stage of stages) {
      const done = events.filter(([name]) => name === stage).map(([, value]) => value);
      expect(done[0]).toBe(0);
      expect(done.at(-1)).toBe(1);
      expect(done).toEqual(done.toSorted((x, y) => x - y));
    }
  });

  test("ends with the error that the progress callback throws", async () => {
    const stop = (): never => {
      throw new Error("stopped");
    };
    const work = prepare(imageSet([3, 2, 2], noise(60)), { zca: { eps: 0.1 }, onProgress: stop });
    await expect(work).rejects.toThrow("stopped");
  });

  test.each([0, -0.1, Number.NaN, Number.POSITIVE_INFINITY])("refuses eps %d and says so", async (eps) => {
    const work = prepare(imageSet([3, 2, 2], noise(60)), { zca: { eps } });
    await expect(work).rejects.toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(String(eps)) });
  });

  test("refuses a single image", async () => {
    const work = prepare(imageSet([3, 2, 2], noise(12)), { zca: { eps: 0.1 } });
    await expect(work).rejects.toMatchObject({ code: "INVALID_DATA" });
  });

  test("refuses images above 64 x 64 before any work, with the memory they would need", async () => {
    const set = imageSet([3, 96, 96], new Uint8Array(3 * 96 * 96 * 2));
    const work = prepare(set, { zca: { eps: 0.1 } });
    await expect(work).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/3x96x96.*31 GB/),
    });
  });
});
