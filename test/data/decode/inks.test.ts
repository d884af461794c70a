// JPEGs of four inks (CMYK, YCCK), as Pillow's convert("RGB") reads them: fixtures of scripts/oracle/inks.py.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { decodeNpz } from "../../../src/formats/index.ts";
import { tree } from "../files.ts";

const FIXTURES = new URL("../../fixtures/inks/", import.meta.url);
const expected = decodeNpz(readFileSync(new URL("pixels.npz", FIXTURES)));
const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".jpg"));

/** The image as a data set of one size gives it, pixel by pixel. */
async function read(bytes: Uint8Array, size: number): Promise<number[]> {
  const folder = tree({ "a/1.jpg": bytes, "b/1.jpg": bytes });
  const { train } = await loadDataset(folder, { size, channels: 3 });
  return [...train.image(0)];
}
const planes = (pixels: ArrayLike<number | bigint>): number[] => {
  const area = pixels.length / 3;
  return Array.from({ length: pixels.length }, (_, i) => Number(pixels[3 * (i % area) + Math.floor(i / area)]));
};

test("there are files of each kind", () => {
  expect(names.length).toBe(10);
});

test.each(names)("every byte is Pillow's, in the size of the file and scaled: %s", async (name) => {
  const bytes = readFileSync(new URL(name, FIXTURES));
  const key = name.replace(".jpg", "");
  const side = 24; // the shorter one, so that nothing is scaled: the middle is cut out
  const { shape, data } = expected[key];
  const [left, top] = [(shape[1] - side) / 2, (shape[0] - side) / 2];
  const middle = Array.from({ length: 3 * side * side }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3];
    return Number(data[((top + y) * shape[1] + left + x) * 3 + c]);
  });
  expect(await read(bytes, side)).toEqual(planes(middle));
  expect(await read(bytes, 16)).toEqual(planes(expected[`crop16-${key}`].data));
});
