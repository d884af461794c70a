// What a look at a data set finds.

import { describe, expect, it } from "vitest";
import { imageSet, inspectDataset } from "../../src/images/index.ts";
import type { ImageSet } from "../../src/images/types.ts";

/** One grey image of 2 x 2 px for each list of pixels. */
function images(name: string, pixels: readonly (readonly number[])[], labels: readonly number[]): ImageSet {
  return imageSet({
    ...{ name, shape: [1, 2, 2], classNames: ["a", "b"], flippable: true },
    pixels: Uint8Array.from(pixels.flat()),
    labels: Uint16Array.from(labels),
  });
}

const [x, y, z] = [
  [1, 2, 3, 4],
  [1, 2, 3, 5],
  [4, 3, 2, 1],
];

describe("inspectDataset", () => {
  it("counts classes, equal images, those under another label, and those in both parts", () => {
    const train = images("t/train", [x, y, x, x, z], [0, 1, 0, 1, 0]);
    const test = images("t/test", [z, x, [0, 0, 0, 0], z], [0, 0, 1, 0]);
    const report = inspectDataset({ name: "t", train, test });
    expect(report).toMatchObject({
      train: { count: 5, classes: [{ count: 3 }, { count: 2 }], duplicates: 2, conflicts: 1 },
      test: { count: 4, duplicates: 1, conflicts: 0 },
      leaked: 3,
    });
    expect(report.warnings).toEqual([
      "2 training images are there more than once, 1 of them under another label",
      "1 test image is there more than once",
      "3 test images are training images too: accuracies will be too high",
    ]);
  });

  it("tells thousands of images apart by all of their pixels", () => {
    const count = 4096;
    const pixels = Array.from({ length: count }, (_, i) => [i & 15, (i >> 4) & 15, (i >> 8) & 15, 7]);
    const train = images(
      "many",
      pixels,
      pixels.map((_, i) => i % 2),
    );
    const { duplicates } = inspectDataset({ name: "many", train, test: undefined }).train;
    expect(duplicates).toBe(0);
  });

  it("warns where a class has more than three times the images of another", () => {
    const train = images("odd", [x, y, z, [9, 9, 9, 9], [8, 8, 8, 8]], [0, 0, 0, 0, 1]);
    expect(inspectDataset({ name: "odd", train, test: undefined }).warnings).toEqual([
      'training classes are out of balance: "a" has 4 images, "b" 1',
    ]);
  });
});
