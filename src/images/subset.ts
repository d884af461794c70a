// Random real images: the row that every distilled set is compared with.

import { Key } from "../random/index.ts";
import { requireMembers } from "./classes.ts";
import type { PreparedSet, SyntheticSet } from "./types.ts";

/**
 * `ipc` random real images of each class, as a set that `evaluate` takes.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer.
 */
export function randomSubset(set: PreparedSet, ipc: number, seed: number): SyntheticSet {
  const indices = requireMembers(set, ipc).flatMap((own, c) => randomMembers(own, ipc, Key.fromSeed(seed), c));
  return subset(set, indices, { method: "random", dataset: set.name, ipc, seed });
}

/** `ipc` of a class's images, drawn from the class's own stream. */
export function randomMembers(members: Uint32Array, ipc: number, key: Key, label: number): number[] {
  const picks = key.fold("random subset", label).stream().sample(members.length, ipc);
  return Array.from(picks, (pick) => members[pick]);
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
