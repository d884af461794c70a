// Which images belong to which class.

import { describe, expect, test } from "vitest";
import { classIndices, classMembers } from "../../src/images/index.ts";

describe("class indices", () => {
  test("hold each image once, under its class, ascending", () => {
    expect(classIndices(Uint16Array.of(2, 0, 2, 1, 0), 4).map((list) => [...list])).toEqual([[1, 4], [3], [0, 2], []]);
  });

  test("refuse a label without a class", () => {
    expect(() => classIndices([0, 3], 3)).toThrow(/label 3 of image 1/);
  });
});

describe("the members of classes", () => {
  const set = { name: "letters", labels: Uint16Array.of(0, 1, 0, 1, 1), classNames: ["a", "b"] };

  test("are refused where a class that is needed has too few, saying how many there may be", () => {
    expect(classMembers(set, 3, [1])[1]).toEqual(Uint32Array.of(1, 3, 4));
    expect(() => classMembers(set, 3)).toThrow(
      expect.objectContaining({
        code: "INVALID_DATA",
        message: 'class "a" of letters has 2 images, fewer than ipc 3',
        hint: "Use ipc 2 or less.",
      }),
    );
  });

  test("are counted in the images that a set with a factor is made of", () => {
    expect(() => classMembers(set, 4, [1], 2)).toThrow(
      expect.objectContaining({
        message: 'class "b" of letters has 3 images, fewer than ipc 1 at factor 2 takes',
        hint: "Use factor 1.",
      }),
    );
    const more = { ...set, labels: Uint16Array.of(0, 0, 0, 0, 0), classNames: ["a"] };
    expect(() => classMembers(more, 8, [0], 2)).toThrow(
      expect.objectContaining({ hint: "Use ipc 1 or less, or factor 1." }),
    );
  });
});
