// Random real images: the row that every distilled set is compared with.

import { DatadamError } from "../errors.ts";
import { classIndices, type PreparedSet, type SyntheticSet } from "../images/index.ts";
import { Key } from "../random/index.ts";

/**
 * `ipc` random real images of each class, as a set that `evaluate` takes.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer.
 */
export function randomSubset(set: PreparedSet, ipc: number, seed: number): SyntheticSet {
  const members = classIndices(set.labels, set.classNames.length);
  const indices = members.flatMap((own, c) => {
    if (own.length < ipc) {
      throw new DatadamError(
        "INVALID_DATA",
        `class "${set.classNames[c]}" of ${set.name} has ${own.length} images, fewer than ${ipc}`,
      );
    }
    return Array.from(
      Key.fromSeed(seed).fold("random subset", c).stream().sample(own.length, ipc),
      (pick) => own[pick],
    );
  });
  return subset(set, indices, { method: "random", dataset: set.name, ipc, seed });
}

/** The images at `indices`, as a set that `evaluate` takes. */
export function subset(
  set: PreparedSet,
  indices: readonly number[],
  provenance: Readonly<Record<string, unknown>>,
): SyntheticSet {
  const { shape, classNames, preprocessing } = set;
  return {
    images: set.read(indices),
    labels: Uint16Array.from(indices, (i) => set.labels[i]),
    shape,
    classNames,
    preprocessing,
    provenance,
  };
}
