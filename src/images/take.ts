// Parts of a set, as sets: some of its images, or some of its classes. Nothing is copied.

import { DatadamError } from "../errors.ts";
import { classIndices } from "./classes.ts";
import { checkIndex, withLazyPixels } from "./imageSet.ts";
import type { ImageSet, PreparedSet } from "./types.ts";

/** The images at `indices`, in that order; all classes stay. @throws RangeError where there is no such image */
export function takeImages<T extends ImageSet | PreparedSet>(set: T, indices: ArrayLike<number>): T {
  const order = Uint32Array.from(indices);
  for (const index of order) checkIndex(set, index);
  return view(
    set,
    order,
    Uint16Array.from(order, (index) => set.labels[index]),
    set.classNames,
  );
}

/**
 * The images of some classes, which are numbered anew from 0 in the order given; images stay in the set's order.
 *
 * @throws DatadamError `INVALID_OPTION` for a class that the set lacks, or one named twice.
 */
export function takeClasses<T extends ImageSet | PreparedSet>(set: T, classes: readonly number[]): T {
  const wrong = classes.find((c, i) => set.classNames[c] === undefined || classes.indexOf(c) !== i);
  if (wrong !== undefined || classes.length === 0) {
    throw new DatadamError(
      "INVALID_OPTION",
      `classes: ${wrong ?? "none"} is not one class of ${set.name} (0 to ${set.classNames.length - 1}, each once)`,
    );
  }
  const members = classIndices(set.labels, set.classNames.length);
  const order = Uint32Array.from(classes.flatMap((c) => [...members[c]])).sort();
  const labelOf = new Map(classes.map((c, label) => [c, label]));
  const labels = Uint16Array.from(order, (index) => labelOf.get(set.labels[index])!);
  return view(
    set,
    order,
    labels,
    classes.map((c) => set.classNames[c]),
  );
}

function view<T extends ImageSet | PreparedSet>(
  set: T,
  order: Uint32Array,
  labels: Uint16Array,
  classNames: readonly string[],
): T;
function view(
  set: ImageSet | PreparedSet,
  order: Uint32Array,
  labels: Uint16Array,
  classNames: readonly string[],
): ImageSet | PreparedSet {
  const { name, shape, flippable } = set;
  const facts = { name, shape, count: order.length, labels, classNames, flippable };
  if ("read" in set) {
    const { preprocessing } = set;
    const read: PreparedSet["read"] = (indices, out) =>
      set.read(
        Uint32Array.from(indices, (index) => {
          checkIndex(facts, index);
          return order[index];
        }),
        out,
      );
    return { ...facts, preprocessing, read };
  }
  const { normalization } = set;
  const image = (index: number): Uint8Array => {
    checkIndex(facts, index);
    return set.image(order[index]);
  };
  return withLazyPixels({ ...facts, normalization, image });
}
