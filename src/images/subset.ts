// Random real images: the row that every distilled set is compared with.

import { Key, type Stream } from "../random/index.ts";
import { classMembers } from "./classes.ts";
import type { PreparedSet, SyntheticSet } from "./types.ts";

/**
 * `ipc` random real images of each class, as a set that `evaluate` takes.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer.
 */
export function randomSubset(set: PreparedSet, ipc: number, seed: number): SyntheticSet {
  const key = Key.fromSeed(seed);
  const indices = classMembers(set, ipc).flatMap((members, c) => randomMembers(members, ipc, classStream(key, c)));
  return subset(set, indices, { method: "random", dataset: set.name, ipc, seed });
}

/** `count` of a class's images, drawn without replacement. */
export function randomMembers(members: Uint32Array, count: number, stream: Stream): number[] {
  return Array.from(stream.sample(members.length, count), (pick) => members[pick]);
}

/** The stream that a random subset draws the images of a class from. */
export function classStream(key: Key, label: number): Stream {
  return key.fold("random subset", label).stream();
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
