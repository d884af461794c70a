// Augmentations of bytes against torchvision's formulas in PyTorch (scripts/oracle/pixels.py), and what the policies
// draw.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stepsOf } from "../../../src/augment/bytes/policies.ts";
import {
  augmentPixels,
  drawPixelSteps,
  type ImageShape,
  PIXEL_POLICIES,
  type PixelStep,
} from "../../../src/augment/index.ts";
import { Key } from "../../../src/random/index.ts";
import { toBytes, toFloats } from "../../../src/train/pixelBatches.ts";

interface Fixture {
  inputs: Record<string, string>;
  cases: { shape: ImageShape; step: PixelStep; expected: string }[];
  strengths: Record<string, Record<string, number[]>>;
  space: { mean: number[]; std: number[]; floats: string; bytes: string; back: string };
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../../fixtures/augment/pixels.json", import.meta.url), "utf8"),
);
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const floats = (text: string): Float32Array => new Float32Array(bytes(text).buffer);
const SIZE = { height: 32, width: 32 };

describe("augmentPixels", () => {
  it.each(fixture.cases.map((one) => [JSON.stringify(one.step), one.shape.join("x"), one] as const))(
    "%s of %s is PyTorch's to the byte",
    (_, input, { step, shape, expected }) => {
      const images = bytes(fixture.inputs[input]!);
      const before = images.slice();
      expect(augmentPixels([step], images, shape)).toEqual(bytes(expected));
      expect(images).toEqual(before);
    },
  );

  it("takes steps in turn, and leaves images alone without any", () => {
    const images = bytes(fixture.inputs["1x3x20x18"]!);
    const shape: ImageShape = [1, 3, 20, 18];
    expect(augmentPixels([], images, shape)).toBe(images);
    expect(augmentPixels([{ operation: "invert" }, { operation: "invert" }], images, shape)).toEqual(images);
    expect(() => augmentPixels([], images, [1, 3, 20, 19])).toThrow(
      "augmentPixels: 1080 bytes for the shape [1, 3, 20, 19]",
    );
  });

  it("leaves a flat channel as it is where it would be stretched or evened out", () => {
    const flat = new Uint8Array(400).fill(77);
    for (const operation of ["autocontrast", "equalize"] as const) {
      expect(augmentPixels([{ operation }], flat, [1, 1, 20, 20])).toEqual(flat);
    }
  });
});

describe("the strength of an operation", () => {
  it.each([10, 31])("is PyTorch's of %i bins", (bins) => {
    const known = fixture.strengths[bins]!;
    for (let strength = 0; strength < bins; strength++) {
      const one = (name: Parameters<typeof stepsOf>[0], negative = false): PixelStep =>
        stepsOf(name, strength, bins, negative, SIZE)[0]!;
      const number = (name: string): number => known[name]![strength]!;
      expect(one("ShearX")).toEqual({ operation: "shear", axis: "x", slope: Math.tan(number("shear")) });
      expect(one("ShearY", true)).toMatchObject({ axis: "y", slope: Math.tan(-number("shear")) });
      expect(one("TranslateX")).toEqual({ operation: "shift", dx: 0 - Math.trunc(number("translate")), dy: 0 });
      expect(one("TranslateY", true)).toMatchObject({ dx: 0, dy: Math.trunc(number("translate")) });
      expect(one("Rotate")).toEqual({ operation: "turn", degrees: number("turn") });
      expect(one("Color", true)).toEqual({ operation: "saturation", factor: 1 - number("factor") });
      expect(one("Sharpness")).toEqual({ operation: "sharpness", factor: 1 + number("factor") });
      expect(one("Posterize")).toEqual({ operation: "posterize", bits: number("posterize") });
      expect(one("Solarize")).toEqual({ operation: "solarize", threshold: number("solarize") });
    }
  });
});

describe("drawPixelSteps", () => {
  const draws = (policy: (typeof PIXEL_POLICIES)[number], count: number, size = SIZE): PixelStep[][] =>
    Array.from({ length: count }, (_, i) => drawPixelSteps(Key.fromSeed(i).stream(), policy, size));

  it.each(PIXEL_POLICIES)("%s: the same of one key, another of another", (policy) => {
    expect(draws(policy, 20)).toEqual(draws(policy, 20));
    expect(new Set(draws(policy, 20).map((steps) => JSON.stringify(steps))).size).toBeGreaterThan(5);
  });

  it("RandAugment takes one of 14 operations, each as often", () => {
    const counts = new Map<string, number>();
    for (const steps of draws("randaugment", 2800)) {
      const [{ operation, ...rest } = { operation: "identity" }] = steps as [PixelStep?];
      const axis = "axis" in rest ? rest.axis : "dx" in rest ? (rest.dx === 0 ? "y" : "x") : "";
      counts.set(operation + axis, (counts.get(operation + axis) ?? 0) + 1);
    }
    expect(counts.size).toBe(14);
    // 200 of 2800 each: 14 is one standard deviation.
    for (const [name, count] of counts) expect(Math.abs(count - 200), name).toBeLessThan(60);
  });

  it("AutoAugment's frequencies are those of its policy, CIFAR-10's of small images and ImageNet's of others", () => {
    const share = (steps: PixelStep[][], operation: string): number =>
      steps.filter((imageSteps) => imageSteps.some((step) => step.operation === operation)).length / steps.length;
    const small = draws("autoaugment", 4000);
    // Only sub-policies 1 and 24 of 25 could turn or invert: 0.7 / 25; 0.1 / 25 + 0.1 / 25.
    expect(share(small, "turn")).toBeCloseTo(0.028, 2);
    expect(share(small, "invert")).toBeCloseTo(0.008, 2);
    expect(share(small, "shift")).toBeCloseTo((0.3 + 0.7 + 0.5 + 0.4 + 0.97 + 0.7) / 25, 1);
    const large = draws("autoaugment", 4000, { height: 64, width: 64 });
    expect(share(large, "turn")).toBeCloseTo((0.6 + 0.8 + 0.2 + 0.8 + 0.4 + 0.8) / 25, 1);
    expect(share(large, "shift")).toBe(0);
  });

  it("of ImageNet moves by up to 4 pixels, mirrors every second time, and shifts colours in any order", () => {
    const steps = draws("imagenet", 1000);
    const shifts = steps.map(([first]) => first as Extract<PixelStep, { operation: "shift" }>);
    expect([...new Set(shifts.map(({ dx }) => dx))].sort((a, b) => a - b)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
    const mirrored = steps.filter((imageSteps) => imageSteps.some(({ operation }) => operation === "mirror")).length;
    expect(Math.abs(mirrored - 500)).toBeLessThan(80);
    const orders = new Set(
      steps.map((imageSteps) =>
        imageSteps
          .slice(-4)
          .map(({ operation }) => operation)
          .join(),
      ),
    );
    expect(orders.size).toBe(24);
    for (const step of steps.flat()) {
      if ("factor" in step) expect(Math.abs(step.factor - 1)).toBeLessThanOrEqual(0.4);
      if ("part" in step) expect(Math.abs(step.part)).toBeLessThanOrEqual(0.2);
    }
  });
});

describe("the way to bytes and back", () => {
  it("is PyTorch's: clamped, cut to the byte, normalised again", () => {
    const { mean, std, ...expected } = fixture.space;
    const shape: ImageShape = [1, 3, 6, 6];
    const pixels = toBytes(floats(expected.floats), shape, { mean, std });
    expect(pixels).toEqual(bytes(expected.bytes));
    expect(toFloats(pixels, shape, { mean, std })).toEqual(floats(expected.back));
  });
});
