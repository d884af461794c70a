// Sets whose images hold several smaller ones: cut and enlarged as PyTorch does, put together again, and refused where
// they cannot be.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assertWholeSet,
  downsample,
  expandImages,
  expandImagesAdjoint,
  expandSet,
  factorFault,
  type SyntheticSet,
} from "../../src/images/index.ts";
import { loadFixtures, relativeError } from "../support/fixtures.ts";

type Shape = SyntheticSet["shape"];

describe("parts of images are enlarged as by PyTorch's interpolate", () => {
  // scripts/oracle/expand.py
  for (const fixture of loadFixtures("expand")) {
    it(fixture.name, () => {
      const factor = fixture.json<number>("factor");
      const { data, shape } = fixture.array("images");
      const image = shape.slice(1) as unknown as Shape;
      const expanded = expandImages(data as Float32Array, image, factor);
      expect(relativeError(expanded, fixture.array("expanded").data)).toBeLessThan(1e-6);
      const gradient = expandImagesAdjoint(fixture.array("cotangent").data as Float32Array, image, factor);
      expect(relativeError(gradient, fixture.array("gradient").data)).toBeLessThan(1e-6);
    });
  }
});

const shapes = fc
  .record({
    factor: fc.integer({ min: 1, max: 4 }),
    n: fc.integer({ min: 1, max: 3 }),
    c: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ factor, n, c }) =>
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).map(([h, w]) => ({
      ...{ factor, n },
      shape: [c, h * factor, w * factor] as Shape,
    })),
  );
const filled = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed + 12.9898 * i));

describe("expansion", () => {
  it("and its adjoint agree: <Ax, y> = <x, A'y>", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 99 }), ({ factor, n, shape }, seed) => {
        const size = n * shape[0] * shape[1] * shape[2];
        const [x, y] = [filled(size, seed), filled(size * factor ** 2, seed + 0.5)];
        const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
        const [left, right] = [dot(expandImages(x, shape, factor), y), dot(x, expandImagesAdjoint(y, shape, factor))];
        expect(Math.abs(left - right)).toBeLessThan(1e-5 * Math.sqrt(size) * factor);
      }),
    );
  });

  it("of images of one colour, and their composition, keep the colour; a factor of 1 changes nothing", () => {
    fc.assert(
      fc.property(shapes, ({ factor, n, shape }) => {
        const size = shape[0] * shape[1] * shape[2];
        const whole = Float32Array.from({ length: n * factor ** 2 * size }, (_, i) => Math.floor(i / size));
        const stored = downsample(whole, shape, factor);
        expect(stored).toHaveLength(n * size);
        for (const [i, value] of expandImages(stored, shape, factor).entries()) expect(value).toBeCloseTo(whole[i], 5);
      }),
    );
    const images = filled(16, 0);
    expect(expandImages(images, [1, 4, 4], 1)).toBe(images);
    expect(downsample(images, [1, 4, 4], 1)).toBe(images);
  });

  it("of a set gives as many labels as images, without the factor", () => {
    const set = {
      images: filled(2 * 16, 1),
      labels: Uint16Array.of(0, 1),
      shape: [1, 4, 4] as const,
      classNames: ["a", "b"],
      preprocessing: { normalization: { mean: [0], std: [1] }, zca: undefined },
      provenance: { ipc: 1 },
    };
    expect(expandSet(set)).toBe(set);
    const whole = expandSet({ ...set, factor: 2 });
    expect([...whole.labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(whole.images).toEqual(expandImages(set.images, set.shape, 2));
    expect(whole).not.toHaveProperty("factor");
    expect(() => assertWholeSet(whole)).not.toThrow();
    expect(() => expandSet({ ...set, factor: 3 })).toThrow(
      "the set has a factor of 3: images of 4 x 4 cannot be cut into 3 x 3 parts of whole pixels",
    );
    const softLabels = Float32Array.from({ length: 16 }, (_, i) => i);
    expect(expandSet({ ...set, factor: 2, softLabels }).softLabels).toEqual(softLabels);
  });

  it("refuses parts that are no whole pixels", () => {
    expect(() => expandImages(filled(30, 0), [1, 5, 6], 2)).toThrow("cannot be cut into 2 x 2 parts");
    for (const factor of [0, 1.5, -2, Number.NaN]) expect(factorFault([1, 4, 4], factor)).toContain("cannot be cut");
    expect(factorFault([1, 6, 4], 2)).toBeUndefined();
  });
});
