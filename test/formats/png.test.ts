import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeNpy, encodePng, imageGrid } from "../../src/formats/index.ts";

const pixels = (name: string) =>
  decodeNpy(new Uint8Array(readFileSync(new URL(`../fixtures/data/${name}.npy`, import.meta.url)))).data as Uint8Array;

describe("encodePng", () => {
  test.each([
    ["rgb", 3],
    ["grey", 1],
  ] as const)("another library reads the pixels that were written: %s", async (name, channels) => {
    const png = encodePng(pixels(name), { width: 8, height: 8, channels });
    expect(await sharp(png).metadata()).toMatchObject({ width: 8, height: 8, channels, depth: "uchar" });
    const data = await sharp(png)
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw()
      .toBuffer();
    expect(new Uint8Array(data)).toEqual(pixels(name));
    expect(encodePng(pixels(name), { width: 8, height: 8, channels })).toEqual(png);
  });

  test("refuses sizes that do not fit", () => {
    expect(() => encodePng(new Uint8Array(5), { width: 2, height: 2, channels: 1 })).toThrow(/5 bytes/);
    expect(() => encodePng(new Uint8Array(0), { width: 0, height: 2, channels: 1 })).toThrow(RangeError);
  });
});

describe("imageGrid", () => {
  test("places planes row by row with padding, and fills the rest with the background", () => {
    // three 1 x 2 RGB images in two columns
    const nchw = Uint8Array.from({ length: 18 }, (_, i) => i);
    const grid = imageGrid(nchw, { shape: [3, 1, 2], columns: 2, pad: 1, background: 99 });
    expect(grid).toMatchObject({ width: 7, height: 5, channels: 3 });
    const at = (x: number, y: number) => [...grid.pixels.subarray((y * 7 + x) * 3, (y * 7 + x) * 3 + 3)];
    expect([at(1, 1), at(2, 1)]).toEqual([[0, 2, 4], [1, 3, 5]]); // biome-ignore format: pixels
    expect([at(4, 1), at(5, 1)]).toEqual([[6, 8, 10], [7, 9, 11]]); // biome-ignore format: pixels
    expect([at(1, 3), at(2, 3)]).toEqual([[12, 14, 16], [13, 15, 17]]); // biome-ignore format: pixels
    expect([at(4, 3), at(0, 0), at(3, 1), at(6, 4)]).toEqual(new Array(4).fill([99, 99, 99]));
  });

  test("takes ten columns, or as many as there are images", () => {
    expect(imageGrid(new Uint8Array(12), { shape: [1, 1, 1], pad: 0 })).toMatchObject({ width: 10, height: 2 });
    expect(imageGrid(new Uint8Array(3), { shape: [1, 1, 1], pad: 0 })).toMatchObject({ width: 3, height: 1 });
  });

  test("refuses a part of an image", () => {
    expect(() => imageGrid(new Uint8Array(5), { shape: [1, 2, 2] })).toThrow(/5 bytes/);
    expect(() => imageGrid(new Uint8Array(0), { shape: [1, 2, 2] })).toThrow(RangeError);
  });
});
