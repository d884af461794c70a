// Images held out to rank architectures by.

import { DatadamError } from "../errors.ts";
import { classIndices } from "../images/index.ts";
import type { ImageSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";

/** Indices of images, each part ascending. */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Images of each class drawn at random and held out: `share` of them, at most `most` in all, one or more of each class,
 * never all of it.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer than two images.
 */
export function splitValidation(
  train: Pick<ImageSet, "name" | "count" | "labels" | "classNames">,
  share: number,
  most: number | undefined,
  key: Key,
): Split {
  const { classNames } = train;
  const validation = classIndices(train.labels, classNames.length).flatMap((members, c) => {
    if (members.length < 2) {
      const what = `class "${classNames[c]}" of ${train.name}`;
      throw new DatadamError("INVALID_DATA", `${what} has too few images to hold some out`);
    }
    // As equal as can be: the first classes have what is left over.
    const dealt = most === undefined ? members.length : Math.floor((most - 1 - c) / classNames.length) + 1;
    const heldOut = Math.max(1, Math.min(members.length - 1, Math.round(share * members.length), dealt));
    return Array.from(key.fold(c).stream().sample(members.length, heldOut), (pick) => members[pick]!);
  });
  const out = new Set(validation);
  return {
    training: Uint32Array.from({ length: train.count }, (_, i) => i).filter((i) => !out.has(i)),
    validation: Uint32Array.from(validation).sort(),
  };
}
