// The factor of multi-formation: how many parts the height and the width of a stored image are cut into.

import type { SyntheticSet } from "./types.ts";

/** Why images of a shape cannot hold `factor` x `factor` others, if they cannot. */
export function factorFault([, height, width]: SyntheticSet["shape"], factor: number): string | undefined {
  if (Number.isInteger(factor) && factor >= 1 && height % factor === 0 && width % factor === 0) return undefined;
  return `images of ${height} x ${width} cannot be cut into ${factor} x ${factor} parts of whole pixels`;
}
