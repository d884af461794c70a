// In which order classes and images come.

import { DatadamError } from "../errors.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";

/**
 * Classes in random order, cut into steps of equal size (the first ones one larger where it does not come out even).
 *
 * @throws DatadamError `INVALID_OPTION` where there are fewer classes than steps.
 */
export function classSteps(classes: number, steps: number, key: Key): number[][] {
  if (steps < 1 || steps > classes) {
    throw new DatadamError("INVALID_OPTION", `${classes} classes cannot come in ${steps} steps`);
  }
  const order = key.stream().permutation(classes);
  const bounds = Array.from(
    { length: steps + 1 },
    (_, step) => step * Math.floor(classes / steps) + Math.min(step, classes % steps),
  );
  return Array.from({ length: steps }, (_, step) => [...order.subarray(bounds[step], bounds[step + 1])]);
}

/**
 * A stream without steps: class follows class in random order, each class's images shuffled, but borders blur: every
 * image moves by a normal distance of `blur` times the mean length of a class.
 *
 * @returns indices of images in the order of their coming.
 */
export function blurredStream(set: Pick<PreparedSet, "labels" | "classNames">, blur: number, key: Key): Uint32Array {
  const { labels, classNames } = set;
  const order = key.fold("classes").stream().permutation(classNames.length);
  const rank = new Uint32Array(classNames.length);
  for (const [place, c] of order.entries()) rank[c] = place;
  const shuffled = key.fold("images").stream().permutation(labels.length);
  const inTurn = [...shuffled].sort((a, b) => rank[labels[a]] - rank[labels[b]]);
  const stream = key.fold("blur").stream();
  const width = (blur * labels.length) / classNames.length;
  const moved = inTurn.map((index, place) => ({ index, place: place + width * stream.normal() }));
  return Uint32Array.from(
    moved.sort((a, b) => a.place - b.place),
    ({ index }) => index,
  );
}
