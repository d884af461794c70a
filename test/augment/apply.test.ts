// Augmentation against PyTorch (scripts/oracle/augment.py), and the adjoint against its definition.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AUGMENT_OPERATIONS,
  type Augmentation,
  type AugmentOperation,
  augment,
  augmentAdjoint,
  drawAugmentation,
  type ImageShape,
} from "../../src/augment/index.ts";
import { Key } from "../../src/random/index.ts";

interface Fixture {
  inputs: Record<string, { images: string; cotangent: string }>;
  cases: { name: string; shape: ImageShape; augmentation: Augmentation; expected: string; gradient: string }[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/augment/dsa.json", import.meta.url), "utf8"));
const cases = fixture.cases.map((one) => ({ ...one, ...fixture.inputs[one.shape.join("x")] }));

function decode(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}

function maxError(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
}

function normal(seed: number, length: number): Float32Array {
  return Key.fromSeed(seed).stream().fillNormal(new Float32Array(length));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

const side = fc.integer({ min: 1, max: 12 });
interface Drawn {
  readonly a: Augmentation;
  readonly shape: ImageShape;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const drawnOf = (some: fc.Arbitrary<AugmentOperation[]>): fc.Arbitrary<Drawn> =>
  fc
    .record({
      seed: fc.nat(),
      operations: some,
      mode: fc.constantFrom("one" as const, "all" as const),
      siamese: fc.boolean(),
      shape: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), side, side),
    })
    .map(({ seed, operations, mode, siamese, shape }) => {
      const [count, , height, width] = shape;
      const options = siamese ? { height, width } : { height, width, count };
      const a = drawAugmentation(Key.fromSeed(seed).fold("draw").stream(), { operations, mode }, options);
      const length = shape.reduce((x, y) => x * y, 1);
      return { a, shape, x: normal(seed, length), y: normal(seed + 1, length) };
    });
const drawn = drawnOf(fc.shuffledSubarray([...AUGMENT_OPERATIONS]));

describe("augment", () => {
  it.each(cases)("agrees with PyTorch: $name", ({ augmentation, shape, images, expected }) => {
    expect(maxError(augment(augmentation, decode(images), shape), decode(expected))).toBeLessThan(1e-5);
  });

  it("copies the images where there is nothing to do", () => {
    const x = normal(1, 24);
    const a: Augmentation = { height: 2, width: 4, count: undefined, steps: [] };
    for (const map of [augment, augmentAdjoint]) {
      const out = map(a, x, [1, 3, 2, 4]);
      expect(out).toEqual(x);
      expect(out).not.toBe(x);
    }
  });

  it("leaves its input alone, overwrites whatever `out` holds, and gives the same again", () => {
    fc.assert(
      fc.property(drawn, ({ a, shape, x }) => {
        const before = x.slice();
        const once = augment(a, x, shape);
        const dirty = new Float32Array(x.length).fill(7);
        expect(augment(a, x, shape, dirty)).toBe(dirty);
        expect(dirty).toEqual(once);
        expect(x).toEqual(before);
      }),
    );
  });

  it("treats an image of a siamese batch as it would the image alone", () => {
    const [n, c, h, w] = [3, 3, 8, 6];
    for (const operation of AUGMENT_OPERATIONS) {
      const policy = { operations: [operation], mode: "one" as const };
      const a = drawAugmentation(Key.fromSeed(4).fold(operation).stream(), policy, { height: h, width: w });
      const x = normal(2, n * c * h * w);
      const alone = Array.from({ length: n }, (_, i) => [
        ...augment(a, x.slice(i * c * h * w, (i + 1) * c * h * w), [1, c, h, w]),
      ]);
      expect([...augment(a, x, [n, c, h, w])]).toEqual(alone.flat());
    }
  });

  it("refuses sizes that do not fit together", () => {
    const policy = { operations: ["rotate"] as const, mode: "one" as const };
    const a = drawAugmentation(Key.fromSeed(0).stream(), policy, { height: 4, width: 4, count: 2 });
    const x = new Float32Array(2 * 16);
    expect(() => augment(a, x, [2, 3, 4, 4])).toThrow(RangeError);
    expect(() => augment(a, x, [1, 2, 4, 4])).toThrow(/drawn for 2 images, given 1/);
    expect(() => augment(a, x, [2, 1, 2, 8])).toThrow(/drawn for 4x4 images, given 2x8/);
    expect(() => augment(a, x, [2, 1, 4, 4], new Float32Array(3))).toThrow(RangeError);
    expect(() => augment(a, x, [2, 1, 4, 4], x)).toThrow(/overlap/);
    const cut: Augmentation = { ...a, steps: [{ operation: "rotate", degrees: [1] }] };
    expect(() => augment(cut, x, [2, 1, 4, 4])).toThrow(/rotate has 1 parameters/);
  });
});

describe("augmentAdjoint", () => {
  it.each(cases)("agrees with PyTorch's gradient: $name", ({ augmentation, shape, cotangent, gradient }) => {
    expect(maxError(augmentAdjoint(augmentation, decode(cotangent), shape), decode(gradient))).toBeLessThan(1e-5);
  });

  const isTranspose = ({ a, shape, x, y }: Drawn): void => {
    const zero = augment(a, new Float32Array(x.length), shape);
    const forward = augment(a, x, shape).map((value, i) => value - zero[i]);
    const scale = Math.sqrt((dot(x, x) + dot(zero, zero)) * dot(y, y)); // float32 rounds A x, A 0 included
    expect(Math.abs(dot(forward, y) - dot(x, augmentAdjoint(a, y, shape)))).toBeLessThan(2e-6 * scale);
  };

  it.each(AUGMENT_OPERATIONS)("of %s is the transpose of its linear part: <A x - A 0, y> = <x, A' y>", (operation) => {
    fc.assert(fc.property(drawnOf(fc.constant([operation])), isTranspose), { numRuns: 200 });
  });

  it("of several is that of all of them", () => {
    fc.assert(fc.property(drawn, isTranspose), { numRuns: 300 });
  });
});
