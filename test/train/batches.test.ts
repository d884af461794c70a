// The batches of an epoch: every image once, in an order and with augmentations that the key decides.

import { describe, expect, it } from "vitest";
import { Key } from "../../src/random/index.ts";
import { epochBatches, examplesOf } from "../../src/train/batches.ts";
import { type Protocol, protocols } from "../../src/train/index.ts";

const plain: Protocol = { ...protocols.quick, name: "plain", batch: 4, augment: "none" };
/** Ten images of 2 x 2, each of its own number, whose probabilities say it too. */
const set = {
  images: Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)),
  labels: Uint16Array.from({ length: 10 }, (_, i) => i % 3),
  shape: [1, 2, 2] as const,
};
const key = Key.fromSeed(5);

/** The numbers of the images of each batch. */
function numbersOf(protocol: Protocol, epoch: number, by: Key = key): number[][] {
  const batches = epochBatches(examplesOf(set), protocol, epoch, by);
  return Array.from({ length: batches.count }, (_, i) => [...batches.at(i).images].filter((_, j) => j % 4 === 0));
}

describe("an epoch's batches", () => {
  it("hold every image once, the last batch what is left", () => {
    const batches = numbersOf(plain, 0);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
    expect(batches.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("have another order in each epoch and for each key, and always the same for one", () => {
    expect(numbersOf(plain, 3)).toEqual(numbersOf(plain, 3));
    expect(numbersOf(plain, 3)).not.toEqual(numbersOf(plain, 4));
    expect(numbersOf(plain, 3)).not.toEqual(numbersOf(plain, 3, Key.fromSeed(6)));
  });

  it("give each image its label and its probabilities", () => {
    const targets = Float32Array.from({ length: 20 }, (_, i) => Math.floor(i / 2) + (i % 2) / 2);
    const { images, labels, soft } = epochBatches(examplesOf({ ...set, targets }), plain, 1, key).at(1);
    for (const [i, label] of labels.entries()) {
      const number = images[4 * i];
      expect(label).toBe(number % 3);
      expect([soft![2 * i], soft![2 * i + 1]]).toEqual([number, number + 0.5]);
    }
  });

  it("are augmented alike whenever they are asked for, each image in its own way", () => {
    const batches = epochBatches(examplesOf(set), { ...plain, augment: "color" }, 0, key);
    const { images } = batches.at(2);
    expect(batches.at(2).images).toEqual(images);
    const numbers = numbersOf(plain, 0)[2];
    const shifts = numbers.map((number, i) => images[4 * i] - number);
    expect(shifts.every((shift) => shift !== 0)).toBe(true);
    expect(shifts[0]).not.toBeCloseTo(shifts[1], 6);
  });
});
