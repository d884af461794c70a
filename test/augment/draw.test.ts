// Drawn parameters: ranges, siamese or per image, determinism.
import { describe, expect, it } from "vitest";
import {
  AUGMENT_OPERATIONS,
  type AugmentOperation,
  type AugmentStep,
  drawAugmentation,
  parsePolicy,
} from "../../src/augment/index.ts";
import { Key } from "../../src/random/index.ts";

const size = { height: 32, width: 32 };
const all = parsePolicy(AUGMENT_OPERATIONS.join("_"), "all");
const one = parsePolicy(AUGMENT_OPERATIONS.join("_"), "one");

/** The step of `operation`, with `count` parameter sets. */
function step<O extends AugmentOperation>(
  operation: O,
  count: number,
  options = size,
): Extract<AugmentStep, { operation: O }> {
  const policy = { operations: [operation], mode: "one" as const };
  const drawn = drawAugmentation(Key.fromSeed(11).stream(), policy, { ...options, count }).steps[0];
  return drawn as Extract<AugmentStep, { operation: O }>;
}

/** Values fill [low, high] evenly: nearly reached at both ends, never left, mean in the middle. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  const margin = (high - low) * 0.01;
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.min(...values)).toBeLessThan(low + margin);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
  expect(Math.max(...values)).toBeGreaterThan(high - margin);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(0.03 * (high - low));
}

const sorted = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
const range = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i);

describe("drawAugmentation", () => {
  it("draws one operation for the batch, each as often as the others", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const { steps } = drawAugmentation(Key.fromSeed(1).fold(i).stream(), one, size);
      expect(steps.length).toBe(1);
      counts.set(steps[0].operation, (counts.get(steps[0].operation) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...AUGMENT_OPERATIONS].sort());
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(75);
  });

  it("draws all operations in the policy's order", () => {
    const policy = parsePolicy("rotate_color_flip", "all");
    const { steps } = drawAugmentation(Key.fromSeed(1).stream(), policy, size);
    expect(steps.map((s) => s.operation)).toEqual(["rotate", "color", "flip"]);
  });

  it("draws nothing for the policy none", () => {
    for (const mode of ["one", "all"] as const) {
      expect(drawAugmentation(Key.fromSeed(1).stream(), parsePolicy("none", mode), size).steps).toEqual([]);
    }
  });

  it("draws one parameter set where siamese, else one an image, not all the same", () => {
    const arrays = (count?: number): unknown[][] =>
      drawAugmentation(Key.fromSeed(5).stream(), all, { ...size, count }).steps.flatMap((s) =>
        Object.values(s).filter((v): v is unknown[] => Array.isArray(v)),
      );
    expect(arrays().map((v) => v.length)).toEqual(Array(11).fill(1));
    expect(arrays(50).map((v) => v.length)).toEqual(Array(11).fill(50));
    for (const values of arrays(50)) expect(new Set(values).size).toBeGreaterThan(1);
  });

  it("draws the same from the same key, and other things from another", () => {
    const draw = (seed: number): string =>
      JSON.stringify(drawAugmentation(Key.fromSeed(seed).fold("augment", 3).stream(), all, { ...size, count: 4 }));
    expect(draw(8)).toBe(draw(8));
    expect(draw(8)).not.toBe(draw(9));
  });

  it("draws colour, scale and angle evenly over the family's ranges", () => {
    const color = step("color", 3000);
    expectUniform(color.brightness, -0.5, 0.5);
    expectUniform(color.saturation, 0, 2);
    expectUniform(color.contrast, 0.5, 1.5);
    const scale = step("scale", 3000);
    expectUniform(scale.x, 1 / 1.2, 1.2);
    expectUniform(scale.y, 1 / 1.2, 1.2);
    expect(scale.x).not.toEqual(scale.y);
    expectUniform(step("rotate", 3000).degrees, -15, 15);
  });

  it("shifts by up to an eighth of the side, rounded, both ends included", () => {
    const square = step("crop", 1000);
    expect(sorted(square.dx)).toEqual(range(-4, 4));
    expect(sorted(square.dy)).toEqual(range(-4, 4));
    const oblong = step("crop", 1000, { height: 28, width: 9 });
    expect(sorted(oblong.dy)).toEqual(range(-4, 4)); // 3.5 rounds up
    expect(sorted(oblong.dx)).toEqual(range(-1, 1));
  });

  it("centres an even hole at any of side + 1 places, an odd hole at any of side", () => {
    const even = step("cutout", 4000);
    expect([even.holeWidth, even.holeHeight]).toEqual([16, 16]);
    expect(sorted(even.x)).toEqual(range(0, 32));
    expect(sorted(even.y)).toEqual(range(0, 32));
    const odd = step("cutout", 4000, { height: 9, width: 10 });
    expect([odd.holeWidth, odd.holeHeight]).toEqual([5, 5]);
    expect(sorted(odd.x)).toEqual(range(0, 9));
    expect(sorted(odd.y)).toEqual(range(0, 8));
  });

  it("flips half of the images", () => {
    const flipped = step("flip", 2000).flipped.filter((coin) => coin).length;
    expect(Math.abs(flipped - 1000)).toBeLessThan(100);
  });

  it("refuses sizes that are no sizes", () => {
    const stream = Key.fromSeed(0).stream();
    expect(() => drawAugmentation(stream, all, { height: 0, width: 4 })).toThrow(RangeError);
    expect(() => drawAugmentation(stream, all, { height: 4, width: 2.5 })).toThrow(RangeError);
    expect(() => drawAugmentation(stream, all, { ...size, count: -1 })).toThrow(RangeError);
  });
});
