// The batches of an epoch: every image once, in an order and with augmentations that the key decides.

import { describe, expect, it } from "vitest";
import { Key } from "../../src/random/index.ts";
import { type Batch, epochBatches, examplesOf } from "../../src/train/batches.ts";
import { type Protocol, protocols } from "../../src/train/index.ts";

const plain: Protocol = { ...protocols.quick, name: "plain", batch: 4, augment: "none" };
/** Ten images of 2 x 2, each of its own number, whose probabilities say it too. */
const set = {
  images: Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)),
  labels: Uint16Array.from({ length: 10 }, (_, i) => i % 3),
  shape: [1, 2, 2] as const,
};
const key = Key.fromSeed(5);
const network = { name: "network", classes: 10 };

/** The numbers of the images of each batch. */
function numbersOf(protocol: Protocol, epoch: number, by: Key = key): number[][] {
  const batches = epochBatches(examplesOf(set), protocol, epoch, by, network);
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
    const { images, labels, soft } = epochBatches(examplesOf({ ...set, targets }), plain, 1, key, network).at(1);
    for (const [i, label] of labels.entries()) {
      const number = images[4 * i];
      expect(label).toBe(number % 3);
      expect([soft![2 * i], soft![2 * i + 1]]).toEqual([number, number + 0.5]);
    }
  });

  it("are augmented alike whenever they are asked for, each image in its own way", () => {
    const batches = epochBatches(examplesOf(set), { ...plain, augment: "color" }, 0, key, network);
    const { images } = batches.at(2);
    expect(batches.at(2).images).toEqual(images);
    const numbers = numbersOf(plain, 0)[2];
    const shifts = numbers.map((number, i) => images[4 * i] - number);
    expect(shifts.every((shift) => shift !== 0)).toBe(true);
    expect(shifts[0]).not.toBeCloseTo(shifts[1], 6);
  });
});

describe("operations that every image gets", () => {
  /** Ones, so that what a crop moves in is told from the rest. */
  const ones = { images: new Float32Array(8 * 256).fill(1), labels: new Uint16Array(8), shape: [1, 16, 16] as const };
  const batchOf = (always: string, augment: string = "none", batch: number = 0): Float32Array =>
    epochBatches(examplesOf(ones), { ...plain, always, augment }, 0, key, network).at(batch).images;
  /** Whether each image has a value that is no other's: `count` of them. */
  const differ = (images: Float32Array, count: number): boolean =>
    new Set(Array.from({ length: count }, (_, n) => images.slice(n * 256, (n + 1) * 256).join())).size === count;

  it("are applied to each, with parameters of its own that the key decides", () => {
    const images = batchOf("color_crop");
    expect(differ(images, 4)).toBe(true);
    expect(batchOf("color_crop")).toEqual(images);
    expect(batchOf("color_crop", "none", 1)).not.toEqual(images);
  });

  it("come in the order of their names", () => {
    const zeros = (images: Float32Array): number => images.filter((value) => value === 0).length;
    expect(zeros(batchOf("color_crop"))).toBeGreaterThan(0);
    expect(zeros(batchOf("crop_color"))).toBe(0);
  });

  it("come before the one that is drawn, which is drawn as without them", () => {
    const cut = batchOf("none", "cutout");
    const both = batchOf("color", "cutout");
    expect(both).not.toEqual(batchOf("color"));
    expect(Array.from(both, (value) => value === 0)).toEqual(Array.from(cut, (value) => value === 0));
  });

  it("come before an augmentation of bytes too", () => {
    const preprocessing = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };
    const own: Protocol = { ...plain, batch: 8, augment: "randaugment" };
    const draw = Key.fromSeed(9).stream();
    const images = Float32Array.from({ length: 8 * 256 }, () => 2 * draw.uniform() - 1);
    const batchOf = (from: Float32Array, always?: string): Float32Array => {
      const examples = examplesOf({ ...ones, images: from, preprocessing });
      return epochBatches(examples, { ...own, ...(always && { always }) }, 0, key, network).at(0).images;
    };
    // The same images, augmented before the epoch, each where the order of the epoch takes it from.
    const steps = { ...plain, batch: 8, always: "flip_crop" };
    const done = epochBatches(examplesOf({ ...ones, images }), steps, 0, key, network).at(0).images;
    const before = new Float32Array(images.length);
    const order = key.fold("order", 0).stream().permutation(8);
    for (const [n, pick] of order.entries()) before.set(done.subarray(n * 256, (n + 1) * 256), pick * 256);
    expect(batchOf(images, "flip_crop")).toEqual(batchOf(before));
    expect(batchOf(images, "flip_crop")).not.toEqual(batchOf(images));
  });
});

describe("CutMix", () => {
  /** Twelve images of 8 x 6, each of its own number, which is its label too. */
  const numbered = {
    images: Float32Array.from({ length: 12 * 48 }, (_, i) => Math.floor(i / 48)),
    labels: Uint16Array.from({ length: 12 }, (_, i) => i),
    shape: [1, 8, 6] as const,
  };
  const classes = { name: "network", classes: 12 };
  const mixing: Protocol = { ...plain, batch: 12, cutmix: { probability: 1, beta: 1 } };
  const batchOf = (protocol: Protocol, epoch: number, by: Key = key, targets?: Float32Array): Batch =>
    epochBatches(examplesOf({ ...numbered, targets }), protocol, epoch, by, classes).at(0);
  /** Of each image, the share of pixels with each number. */
  const sharesOf = ({ images }: Batch): number[] =>
    Array.from({ length: 144 }, (_, i) => {
      const n = Math.floor(i / 12);
      return images.slice(n * 48, (n + 1) * 48).filter((value) => value === i % 12).length / 48;
    });

  it("gives each image the labels of what can be seen on it, by area", () => {
    for (let epoch = 0; epoch < 100; epoch++) {
      const batch = batchOf(mixing, epoch);
      for (const [i, share] of sharesOf(batch).entries()) expect(batch.soft![i]).toBeCloseTo(share, 6);
    }
  });

  it("gives weights that add up to one", () => {
    for (let epoch = 0; epoch < 50; epoch++) {
      const { soft } = batchOf(mixing, epoch);
      for (let n = 0; n < 12; n++) {
        expect(soft!.slice(12 * n, 12 * n + 12).reduce((total, weight) => total + weight)).toBeCloseTo(1, 6);
      }
    }
  });

  it("mixes probabilities as it mixes labels", () => {
    const draw = Key.fromSeed(8).stream();
    const targets = Float32Array.from({ length: 12 * 12 }, () => draw.uniform());
    for (let epoch = 0; epoch < 20; epoch++) {
      const batch = batchOf(mixing, epoch, key, targets);
      const shares = sharesOf(batch);
      for (const [i, value] of batch.soft!.entries()) {
        const [n, c] = [Math.floor(i / 12), i % 12];
        const expected = targets.filter((_, j) => j % 12 === c).reduce((sum, t, k) => sum + shares[12 * n + k] * t, 0);
        expect(value).toBeCloseTo(expected, 6);
      }
    }
  });

  it("happens to as many batches as its probability says, and to others nothing", () => {
    const half: Protocol = { ...mixing, cutmix: { probability: 0.5, beta: 1 } };
    const batches = Array.from({ length: 400 }, (_, epoch) => batchOf(half, epoch));
    const mixed = batches.filter(({ soft }) => soft !== undefined).length;
    expect(Math.abs(mixed - 200)).toBeLessThan(4 * 10);
    for (const [epoch, batch] of batches.entries()) {
      if (batch.soft === undefined) expect(batch).toEqual(batchOf({ ...plain, batch: 12 }, epoch));
    }
    const never: Protocol = { ...mixing, cutmix: { probability: 0, beta: 1 } };
    for (let epoch = 0; epoch < 20; epoch++) expect(batchOf(never, epoch).soft).toBeUndefined();
  });

  it("is the same for one key, and another in each epoch, each batch and for each key", () => {
    /** The least weight of an own label: what an image keeps that is given a box of another one. */
    const keptOf = (epoch: number, index: number, by: Key = key): number => {
      const { soft, labels } = epochBatches(examplesOf(numbered), { ...mixing, batch: 6 }, epoch, by, classes).at(
        index,
      );
      return Math.min(...labels.map((label, n) => soft![12 * n + label]));
    };
    expect(batchOf(mixing, 3)).toEqual(batchOf(mixing, 3));
    const kept = [keptOf(3, 0), keptOf(3, 1), keptOf(4, 0), keptOf(3, 0, Key.fromSeed(6))];
    expect(new Set(kept).size).toBe(4);
  });

  it("leaves order and augmentation as they are without it", () => {
    const protocol: Protocol = { ...plain, batch: 12, always: "color", augment: "flip" };
    const before = batchOf(protocol, 2);
    const after = batchOf({ ...protocol, cutmix: { probability: 1, beta: 1 } }, 2);
    expect(after.labels).toEqual(before.labels);
    const seen = new Set(before.images);
    expect(after.images.every((value) => seen.has(value))).toBe(true);
    expect(after.images).not.toEqual(before.images);
  });

  it("refuses a label that is no class of the network", () => {
    const few = { name: "few", classes: 3 };
    const batches = epochBatches(examplesOf(numbered), mixing, 0, key, few);
    expect(() => batches.at(0)).toThrow(/few: label \d+ of image \d+ is none of the 3 classes/);
  });
});
