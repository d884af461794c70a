import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepare, prepareWith, unprepare } from "../../src/images/index.ts";
import { imageSet, largestDifference, noise, zcaCases } from "./oracle.ts";

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("a prepared set", () => {
  test("reads (byte / 255 - mean) / std by channel, in the order of the indices", async () => {
    const set = imageSet([3, 1, 2], Uint8Array.of(0, 255, 51, 102, 153, 204, 255, 0, 204, 153, 102, 51));
    const prepared = await prepare(set, { zca: false });
    const normalized = (byte: number, c: number): number => (byte / 255 - [0.5, 0.4, 0.3][c]) / [0.2, 0.25, 0.3][c];
    const expected = [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5].map((at) =>
      normalized(set.pixels[at], Math.floor(at / 2) % 3),
    );
    expect(largestDifference(prepared.read([1, 0]), expected)).toBeLessThan(1e-6);
  });

  test.each([false, { eps: 0.1 }] as const)("fills the array that it is given, and only that (zca %o)", async (zca) => {
    const prepared = await prepare(imageSet([1, 2, 2], noise(40)), { zca });
    const out = new Float32Array(8);
    expect(prepared.read([3, 3], out)).toBe(out);
    expect(out.subarray(0, 4)).toEqual(prepared.read([3]));
    expect(out.subarray(4)).toEqual(prepared.read([3]));
    prepared.read([0]).fill(99);
    expect(prepared.read([0])).not.toContain(99);
  });

  test("refuses indices outside and arrays of another length", async () => {
    const prepared = await prepare(imageSet([1, 2, 2], noise(40)), { zca: false });
    expect(() => prepared.read([10])).toThrow(/images 0 to 9, not 10/);
    expect(() => prepared.read([-1])).toThrow(RangeError);
    expect(() => prepared.read([0.5])).toThrow(RangeError);
    expect(() => prepared.read([0], new Float32Array(5))).toThrow(/5 numbers/);
  });

  test("refuses a normalisation of other channels, or a std of 0", async () => {
    const pixels = noise(24);
    const short = imageSet([3, 2, 2], pixels, { mean: [0.5], std: [0.2] });
    await expect(prepare(short, { zca: false })).rejects.toMatchObject({ code: "INVALID_DATA" });
    const flat = imageSet([1, 2, 2], pixels, { mean: [0.5], std: [0] });
    await expect(prepare(flat, { zca: false })).rejects.toMatchObject({ code: "INVALID_DATA" });
  });
});

describe("unprepare", () => {
  test.each([false, { eps: 0.1 }, { eps: 0.001 }] as const)(
    "gives back the bytes that prepare took (zca %o)",
    async (zca) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom([1, 3, 3], [3, 2, 4]),
          fc.integer({ min: 2, max: 40 }),
          fc.nat(),
          async ([c, h, w], count, seed) => {
            const set = imageSet([c, h, w], noise(count * c * h * w, seed));
            const prepared = await prepare(set, { zca });
            expect(unprepare(prepared.read(all(count)), [count, c, h, w], prepared.preprocessing)).toEqual(set.pixels);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  test("gives back every byte of every channel", async () => {
    const set = imageSet(
      [3, 16, 16],
      Uint8Array.from({ length: 768 }, (_, i) => i & 255),
    );
    const { read, preprocessing } = await prepare(set, { zca: false });
    expect(unprepare(read([0]), [1, 3, 16, 16], preprocessing)).toEqual(set.pixels);
  });

  test("clamps, rounds half up and turns NaN into 0", () => {
    const preprocessing = { normalization: { mean: [0], std: [1 / 255] }, zca: undefined };
    const values = Float32Array.of(-3, 300, 0.5, 1.5, 1.4999, Number.NaN, Number.POSITIVE_INFINITY, 254.5);
    expect([...unprepare(values, [1, 1, 2, 4], preprocessing)]).toEqual([0, 255, 1, 2, 1, 0, 255, 255]);
  });

  test("refuses images of another shape", async () => {
    const { preprocessing } = await prepare(imageSet([1, 2, 2], noise(40)), { zca: { eps: 0.1 } });
    expect(() => unprepare(new Float32Array(7), [2, 1, 2, 2], preprocessing)).toThrow(/7 numbers/);
    expect(() => unprepare(new Float32Array(9), [1, 1, 3, 3], preprocessing)).toThrow(/4 numbers an image/);
  });
});

describe("prepareWith", () => {
  test("prepares a test set by the training set's normalisation and whitening", async () => {
    const { set, eps } = zcaCases()[0];
    const train = await prepare(set, { zca: { eps } });
    const some = set.pixels.slice(5 * 48, 9 * 48);
    // Its own normalisation must not be used.
    const other = { ...imageSet([3, 4, 4], some, { mean: [0, 0, 0], std: [9, 9, 9] }), name: "test part" };
    const test = await prepareWith(train.preprocessing, other);
    expect(test.name).toBe("test part");
    expect(test.preprocessing).toBe(train.preprocessing);
    expect(largestDifference(test.read(all(4)), train.read([5, 6, 7, 8]))).toBeLessThan(1e-6);
  });

  test("refuses images of another size", async () => {
    const train = await prepare(imageSet([1, 2, 2], noise(40)), { zca: { eps: 0.1 } });
    const work = prepareWith(train.preprocessing, imageSet([1, 3, 3], noise(18)));
    await expect(work).rejects.toMatchObject({ code: "INVALID_DATA", message: expect.stringContaining("1x3x3 = 9") });
  });
});
