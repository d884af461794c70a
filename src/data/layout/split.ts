// Cutting a part in two, class by class.

import { DatadamError } from "../../errors.ts";
import { Key } from "../../random/index.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Layout, Part } from "./layout.ts";

/** A class with fewer images has none to spare, unless that was asked for. */
const LEAST = 5;

/**
 * The share of each class that stays for training, where a set has no test part.
 *
 * @param where names the set in messages
 * @param counts images of each class
 */
export function shareOf(
  { split, defaultSplit, onWarning }: Pick<ResolvedOptions, "split" | "defaultSplit" | "onWarning">,
  where: string,
  classNames: readonly string[],
  counts: readonly number[],
): number | undefined {
  if (split !== undefined || defaultSplit === undefined) return split;
  const short = counts.findIndex((count) => count < LEAST);
  if (short < 0) return defaultSplit;
  onWarning(
    `No images of "${where}" are held out for testing, since the class "${classNames[short]}" has only ` +
      `${counts[short]}. With \`split\` 0.8 one or more of each class are.`,
  );
  return undefined;
}

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
