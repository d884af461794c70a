import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type ImageSetOptions, imageSet, prepare } from "../../src/images/index.ts";
import { canonicalJson } from "../../src/run/canonical.ts";
import { fingerprint } from "../../src/run/hash.ts";
import { noise } from "./oracle.ts";

const pixels = noise(5 * 12);
const options = { shape: [3, 2, 2], pixels, labels: [0, 2, 1, 0, 2] } as const;

test("a set whose whitened images would not fit into memory is refused before any work", async () => {
  const image = () => new Uint8Array(12);
  const many = { ...imageSet(options), count: 2e8, labels: new Uint16Array(2e8), image };
  await expect(prepare(many, { zca: { eps: 0.1 } })).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringMatching(/would take 9 GiB/),
  });
});

describe("a set of plain arrays", () => {
  test("gives image after image, names its classes by number, and has the statistics of its pixels", async () => {
    const set = imageSet(options);
    expect(set).toMatchObject({ name: "images", count: 5, classNames: ["0", "1", "2"], flippable: true });
    expect([...set.image(3)]).toEqual([...pixels.subarray(36, 48)]);
    const green = [...pixels].filter((_, i) => Math.floor(i / 4) % 3 === 1).map((value) => value / 255);
    const mean = green.reduce((a, b) => a + b) / 20;
    expect(set.normalization.mean[1]).toBeCloseTo(mean, 12);
    expect(set.normalization.std[1]).toBeCloseTo(Math.sqrt(green.reduce((a, b) => a + (b - mean) ** 2, 0) / 20), 12);
    expect((await prepare(set, { zca: false })).read([4]).length).toBe(12);
  });

  test("does not copy the pixels, and a copy of the set with other pixels reads those", () => {
    const set = imageSet(options);
    expect(set.image(0).buffer).toBe(pixels.buffer);
    expect([...{ ...set, pixels: new Uint8Array(60).fill(7) }.image(4)]).toEqual(new Array(12).fill(7));
  });

  test.each([
    [{ labels: [0, 1] }, /60 bytes and 2 labels are not 2 images of 3x2x2/],
    [{ labels: [0, 1, 2, 3, 4], classNames: ["a", "b"] }, /label 2 of image 2 is none of the 2 classes/],
    [{ labels: [0, 0.5, 1, 1, 1] }, /label 0.5 of image 1/],
    [{ labels: [0, 1, 2, 3, 65_536] }, /65537 classes, more than 65536/],
    [{ labels: [], pixels: new Uint8Array(0) }, /0 images of 3x2x2 are none/],
    [{ shape: [3, 0, 2], pixels: new Uint8Array(0) }, /5 images of 3x0x2 are none/],
    [{ pixels: new Float32Array(60) as unknown as Uint8Array }, /pixels must be a Uint8Array/],
  ])("refuses %o", (more, message) => {
    expect(() => imageSet({ ...options, ...more } as ImageSetOptions)).toThrow(message);
  });

  test("refuses an image that is not there", () => {
    expect(() => imageSet(options).image(5)).toThrow(/images has images 0 to 4, not 5/);
  });

  test("is known by the SHA-256 of its facts, labels and pixels", () => {
    const { shape, count, normalization, labels } = imageSet(options);
    const hash = createHash("sha256").update(canonicalJson({ shape, count, normalization }));
    const expected = hash.update(new Uint8Array(labels.buffer)).update(pixels).digest("hex");
    expect(fingerprint(imageSet(options))).toBe(expected);
  });
});
