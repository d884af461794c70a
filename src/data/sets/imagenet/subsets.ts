// ImageNet-1K's subsets of ten classes that work on dataset distillation reports on, as numbers in the sorted order of
// the synsets. Defined by Cazenavette et al., "Dataset Distillation by Matching Training Trajectories", 2022.

import { DatadamError } from "../../../errors.ts";
import type { Layout } from "../../layout/layout.ts";

/** A subset of ImageNet-1K. */
export type ImagenetSubset = "nette" | "woof" | "fruit" | "yellow" | "meow" | "squawk";

/** What each is, and the numbers of its classes in their order. */
export const IMAGENET_SUBSETS: Readonly<Record<ImagenetSubset, readonly [about: string, classes: readonly number[]]>> =
  {
    nette: ["easy classes", [0, 217, 482, 491, 497, 566, 569, 571, 574, 701]],
    woof: ["breeds of dogs", [193, 182, 258, 162, 155, 167, 159, 273, 207, 229]],
    fruit: ["fruit", [953, 954, 949, 950, 951, 957, 952, 945, 943, 948]],
    yellow: ["yellow things", [309, 986, 954, 951, 987, 779, 599, 291, 72, 11]],
    meow: ["cats", [281, 282, 283, 284, 285, 291, 292, 290, 289, 287]],
    squawk: ["birds", [84, 130, 88, 144, 145, 22, 96, 9, 100, 89]],
  };

export const SUBSET_NAMES = Object.keys(IMAGENET_SUBSETS) as readonly ImagenetSubset[];

/** Classes of ImageNet-1K. */
const CLASSES = 1000;

/**
 * The classes of a subset among all synsets, which are sorted. @throws DatadamError INVALID_DATA where they are not all
 * there
 */
export function subsetOf(root: string, synsets: readonly string[], subset: ImagenetSubset): string[] {
  if (synsets.length === CLASSES) return IMAGENET_SUBSETS[subset][1].map((number) => synsets[number]);
  throw new DatadamError(
    "INVALID_DATA",
    `"${root}" has ${synsets.length} classes; those of imagenet:${subset} are counted among all ${CLASSES} ` +
      "of ImageNet.",
    { hint: "Load the ten class folders by their path instead." },
  );
}

/** The layout with these classes only, in this order. */
export function pickClasses(layout: Layout, synsets: readonly string[]): Layout {
  const at = synsets.map((synset) => layout.classNames.indexOf(synset));
  const pick = <T>(list: readonly T[]): T[] => at.map((c) => list[c]);
  return { ...layout, classNames: synsets, train: pick(layout.train), test: layout.test && pick(layout.test) };
}
