// Checks of sets: whether two fit together, and whether the arrays of one fit each other.

import { expect, it } from "vitest";
import { assertSameImages, assertWholeSet, type SyntheticSet } from "../../src/images/index.ts";

const set: SyntheticSet = {
  images: new Float32Array(2 * 16),
  labels: Uint16Array.of(0, 1),
  shape: [1, 4, 4],
  classNames: ["a", "b"],
  preprocessing: { normalization: { mean: [0], std: [1] }, zca: undefined },
  provenance: {},
};
const other = { name: "letters", shape: set.shape, classNames: set.classNames };
const error = (message: string, hint?: string) => expect.objectContaining({ code: "INVALID_DATA", message, hint });

it("sets of other images or classes are refused, with the caller's hint", () => {
  expect(() => assertSameImages(set, "the set", other)).not.toThrow();
  const hints = { shape: "Resize it.", classes: "Take other classes." };
  expect(() => assertSameImages(set, "the set", { ...other, shape: [3, 4, 4] }, hints)).toThrow(
    error("the set holds images of 1 x 4 x 4, letters of 3 x 4 x 4", "Resize it."),
  );
  expect(() => assertSameImages(set, "the set", { ...other, classNames: ["b", "a"] }, hints)).toThrow(
    error("the set has the classes a, b; letters has b, a", "Take other classes."),
  );
});

it.each<[Partial<SyntheticSet>, string]>([
  [{ labels: new Uint16Array(0), images: new Float32Array(0) }, "the set holds no images"],
  [{ images: new Float32Array(31) }, "the set holds 31 numbers and 2 labels, not 2 images of 1 x 4 x 4"],
  [{ labels: Uint16Array.of(0, 2) }, "the set gives image 1 the label 2, which is none of its 2 classes"],
  [{ factor: 3 }, "the set has a factor of 3: images of 4 x 4 cannot be cut into 3 x 3 parts of whole pixels"],
  [{ factor: 2, softLabels: new Float32Array(4) }, "the set holds 4 soft labels, not 8 rows of 2 classes"],
  [{ softLabels: new Float32Array(3) }, "the set holds 3 soft labels, not 2 rows of 2 classes"],
])("a set with %j is refused", (change, message) => {
  expect(() => assertWholeSet(set)).not.toThrow();
  expect(() => assertWholeSet({ ...set, ...change })).toThrow(error(message));
});
