// Images held out to rank architectures by: how many, of which classes.

import { describe, expect, it } from "vitest";
import { splitValidation } from "../../src/nas/validation.ts";
import { Key } from "../../src/random/index.ts";

/** Ten classes of twenty images. */
const set = {
  name: "ten/train",
  count: 200,
  labels: Uint16Array.from({ length: 200 }, (_, i) => i % 10),
  classNames: [..."abcdefghij"],
};
const heldOut = (share: number, most?: number): number[] => {
  const { training, validation } = splitValidation(set, share, most, Key.fromSeed(0));
  expect([...training, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  return set.classNames.map((_, label) => validation.filter((i) => set.labels[i] === label).length);
};

describe("images held out", () => {
  it("are a share of each class", () => {
    expect(heldOut(0.1)).toEqual(Array(10).fill(2));
    expect(heldOut(0.001)).toEqual(Array(10).fill(1));
    expect(heldOut(1)).toEqual(Array(10).fill(19));
  });

  it("are no more than were allowed in all, as equal as can be, but one of each class", () => {
    expect(heldOut(0.5, 21)).toEqual([3, ...Array(9).fill(2)]);
    expect(heldOut(0.5, 20)).toEqual(Array(10).fill(2));
    expect(heldOut(0.5, 15)).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
    expect(heldOut(0.5, 5)).toEqual(Array(10).fill(1));
    expect(heldOut(0.1, 1000)).toEqual(Array(10).fill(2));
  });
});
