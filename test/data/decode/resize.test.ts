import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeImage } from "../../../src/data/decode/decode.ts";
import { type Pixels, resize, resizeAndCrop } from "../../../src/data/decode/resize.ts";
import { loadDataset } from "../../../src/data/index.ts";
import { decodeNpz, type NpyArray } from "../../../src/formats/index.ts";
import { colour, tree } from "../files.ts";

// Made with Pillow by scripts/oracle/resize.py, which says what is in them.
const FIXTURES = new URL("../../fixtures/resize/", import.meta.url);
const pictures = readdirSync(FIXTURES).filter((name) => /\.(jpg|png)$/.test(name));
const arrays = (name: string) => decodeNpz(readFileSync(new URL(`${name.replace(/\.\w+$/, "")}.npz`, FIXTURES)));
const pixels = ({ shape: [height, width, channels = 1], data }: NpyArray): Pixels => ({
  data: data as Uint8Array,
  width,
  height,
  channels,
});
const farthest = (a: Uint8Array, b: Uint8Array): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
};

describe("resizing as Pillow", () => {
  const { pixels: noise, ...resized } = arrays("plain");
  test.each(Object.entries(resized))("gives the same bytes: 31x23 to %s", (size, expected) => {
    const [width, height] = size.split("x").map(Number);
    expect(resize(pixels(noise), width, height)).toEqual(pixels(expected));
  });

  test.each(pictures)("Resize and CenterCrop of torchvision give the same bytes: %s", (name) => {
    const { pixels: decoded, ...crops } = arrays(name);
    for (const [crop, expected] of Object.entries(crops)) {
      const size = Number(crop.slice("crop".length));
      expect(farthest(resizeAndCrop(pixels(decoded), size).data, expected.data as Uint8Array), crop).toBe(0);
    }
    expect(Object.keys(crops).length).toBeGreaterThan(0);
  });

  test.each(pictures)("decoded, resized and cropped, every byte is within 1: %s", async (name) => {
    const { pixels: decoded, ...crops } = arrays(name);
    const bytes = readFileSync(new URL(name, FIXTURES));
    const repeat = decoded.shape.length === 2 ? 3 : 1; // grey becomes RGB
    for (const [crop, { data }] of Object.entries(crops)) {
      const { rgb, grey } = await decodeImage(name, bytes, Number(crop.slice("crop".length)));
      expect(
        farthest(
          rgb,
          Uint8Array.from(rgb, (_, i) => Number(data[Math.floor(i / repeat)])),
        ),
        crop,
      ).toBeLessThanOrEqual(1);
      expect(grey).toBe(repeat === 3);
    }
  });
});

describe("resizing", () => {
  const side = fc.integer({ min: 1, max: 40 });
  const image = fc.record({ width: side, height: side, channels: fc.constantFrom(1, 3) }).chain((shape) => {
    const length = shape.width * shape.height * shape.channels;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data): Pixels => ({ ...shape, data }));
  });

  test("to the same size changes nothing", () => {
    fc.assert(
      fc.property(image, (from) => {
        expect(resize(from, from.width, from.height)).toEqual(from);
      }),
    );
  });

  test("keeps one colour, and stays between the darkest and the brightest", () => {
    fc.assert(
      fc.property(image, side, side, (from, width, height) => {
        const { data } = resize(from, width, height);
        expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.min(...from.data));
        expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...from.data));
      }),
    );
  });

  test("is linear to a rounding of each pass", () => {
    fc.assert(
      fc.property(image, side, side, (from, width, height) => {
        const half = from.data.map((value) => value >> 1);
        const rest = from.data.map((value, i) => value - half[i]);
        const [whole, a, b] = [from.data, half, rest].map((data) => resize({ ...from, data }, width, height).data);
        expect(
          farthest(
            whole,
            a.map((value, i) => value + b[i]),
          ),
        ).toBeLessThanOrEqual(3);
      }),
    );
  });

  test("mirrored or turned over, gives the mirror image, to a rounding", () => {
    fc.assert(
      fc.property(image, side, side, (from, width, height) => {
        const reverse = ({ data, channels }: Pixels) =>
          data.map((_, i) => data[data.length - channels - (i - (i % channels)) + (i % channels)]);
        const there = resize(from, width, height);
        const back = resize({ ...from, data: reverse(from) }, width, height);
        expect(farthest(reverse(back), there.data)).toBeLessThanOrEqual(2);
      }),
    );
  });

  test("computes only the square: a picture as long as can be takes no more memory", () => {
    const line: Pixels = { data: new Uint8Array(65_500).fill(9), width: 65_500, height: 1, channels: 1 };
    const { data, ...shape } = resizeAndCrop(line, 2048);
    expect(shape).toEqual({ width: 2048, height: 2048, channels: 1 });
    expect([data.length, data.every((value) => value === 9)]).toEqual([2048 ** 2, true]);
  });
});

test("a picture of too many pixels is refused before it is decoded", async () => {
  const wide = Buffer.from(colour([1, 2, 3], 4, 4));
  wide.writeUInt32BE(20_000, 16);
  wide.writeUInt32BE(20_000, 20);
  const root = tree({ "a/1.png": wide, "b/1.png": colour([1, 2, 3]) });
  await expect(loadDataset(root)).rejects.toMatchObject({
    code: "INVALID_DATA",
    message: expect.stringMatching(/a\/1.png" cannot be decoded: .*pixel limit/),
  });
});
