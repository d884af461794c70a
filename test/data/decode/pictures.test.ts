// Pictures of formats beside PNG, JPEG and WebP, against Pillow.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, tree } from "../files.ts";

const folder = new URL("../../fixtures/pictures/", import.meta.url);
const pictures = readdirSync(folder).filter((name) => !name.endsWith(".json"));
const pixels = JSON.parse(readFileSync(new URL("pixels.json", folder), "utf8")) as Record<string, string>;
const picture = (name: string) => readFileSync(new URL(name, folder));
const fails = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });
const load = (name: string, bytes: Uint8Array) =>
  loadDataset(tree({ [`a/${name}`]: bytes, "b/1.png": colour([1, 2, 3]) }), { size: 7, channels: 3 });

describe("pictures as Pillow reads them", () => {
  test.each(pictures)("%s", async (name) => {
    const rows = Buffer.from(pixels[name], "base64");
    const { train } = await load(name, picture(name));
    // 10 x 7: torchvision's CenterCrop(7) begins at column 2.
    const expected = Array.from({ length: 3 * 49 }, (_, i) => {
      const [channel, y, x] = [Math.floor(i / 49), Math.floor((i % 49) / 7), i % 7];
      return rows[3 * (10 * y + x + 2) + channel];
    });
    const off = expected.map((value, i) => Math.abs(value - train.image(0)[i]));
    expect(Math.max(...off)).toBeLessThanOrEqual(name.endsWith(".jfif") ? 2 : 0);
  });

  test("there are some of every format", () => {
    const endings = new Set(pictures.map((name) => name.split(".")[1]));
    expect([...endings].sort()).toEqual(["bmp", "gif", "jfif", "pbm", "pgm", "ppm", "tif", "tiff"]);
  });

  test.each(pictures.filter((name) => /bmp|p[bgp]m/.test(name)))("%s cut off anywhere is refused", async (name) => {
    const whole = picture(name);
    for (const part of [0.1, 0.3, 0.6, 0.9]) {
      await expect(load(name, whole.subarray(0, part * whole.length))).rejects.toMatchObject(
        fails(/cannot be decoded|is not a PNG/),
      );
    }
  });

  test("sizes that nothing stands behind are refused before memory is taken", async () => {
    const bmp = Buffer.from(picture("rgb.bmp"));
    bmp.writeInt32LE(30_000, 18);
    bmp.writeInt32LE(30_000, 22);
    await expect(load("1.bmp", bmp)).rejects.toMatchObject(fails(/would have 30000 x 30000 pixels/));
    bmp.writeInt32LE(9000, 18);
    bmp.writeInt32LE(9000, 22);
    await expect(load("1.bmp", bmp)).rejects.toMatchObject(fails(/it is cut off/));
    await expect(load("1.ppm", Buffer.from("P6\n99999 99999\n255\n1"))).rejects.toMatchObject(fails(/99999 x 99999/));
    await expect(load("1.ppm", Buffer.from("P3\n9000 9000\n255\n1 2"))).rejects.toMatchObject(fails(/2 of 243000000/));
    await expect(load("1.ppm", Buffer.from("P3\n2 1\n255\n1 2 x"))).rejects.toMatchObject(fails(/no number/));
  });

  test("a picture of floats is refused", async () => {
    await expect(load("1.tif", floatTiff())).rejects.toMatchObject(fails(/pixels are of the type float/));
  });
});

/** A TIFF of 2 x 2 floats. */
function floatTiff(): Buffer {
  const tags = [[256, 2], [257, 2], [258, 32], [259, 1], [262, 1], [273, 8], [277, 1], [278, 2], [279, 16], [339, 3]]; // biome-ignore format: pairs
  const bytes = Buffer.alloc(8 + 16 + 2 + 12 * tags.length + 4);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(24, 4);
  for (let i = 0; i < 4; i++) bytes.writeFloatLE(i / 4, 8 + 4 * i);
  bytes.writeUInt16LE(tags.length, 24);
  for (const [i, [tag, value]] of tags.entries()) {
    bytes.writeUInt16LE(tag, 26 + 12 * i);
    bytes.writeUInt16LE(4, 28 + 12 * i);
    bytes.writeUInt32LE(1, 30 + 12 * i);
    bytes.writeUInt32LE(value, 34 + 12 * i);
  }
  return bytes;
}
