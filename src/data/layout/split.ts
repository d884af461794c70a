// Cutting a part in two, class by class.

import { DatadamError } from "../../errors.ts";
import { Key } from "../../random/index.ts";
import type { Layout, Part } from "./layout.ts";

/**
 * Keeps `fraction` of each class (rounded, at least one image) for training and makes a test part of the rest (at least
 * one image). Which images, depends on the seed, the class's name and its number of images only. Both parts stay in
 * order.
 * @throws DatadamError INVALID_DATA where a class has a single image
 */
export function splitClasses(
  { classNames, train }: Pick<Layout, "classNames" | "train">,
  fraction: number,
  seed: number,
): { train: Part; test: Part } {
  const key = Key.fromSeed(seed).fold("split");
  const chosen = train.map((paths, c) => {
    const n = paths.length;
    if (n < 2) {
      throw new DatadamError(
        "INVALID_DATA",
        `The class "${classNames[c]}" has only one image, which no split can share out.`,
        {
          hint: "Add images to the class, or leave the split out.",
        },
      );
    }
    const count = Math.min(n - 1, Math.max(1, Math.round(n * fraction)));
    return new Set(key.fold(classNames[c]).stream().permutation(n).subarray(0, count));
  });
  return {
    train: train.map((paths, c) => paths.filter((_, i) => chosen[c].has(i))),
    test: train.map((paths, c) => paths.filter((_, i) => !chosen[c].has(i))),
  };
}
