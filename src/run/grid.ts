// grid.png: the distilled images as a person would look at them, a row a class.

import { encodePng, rowGrid } from "../formats/index.ts";
import { unprepare } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";

/**
 * The set un-whitened and de-normalised, as PNG. One row a class, in class order; many classes stand beside each other.
 */
export function encodeGrid(set: SyntheticSet): Uint8Array {
  const count = set.labels.length;
  const classes = new Set(set.labels).size;
  const pixels = unprepare(set.images, [count, ...set.shape], set.preprocessing);
  const grid = rowGrid(pixels, { shape: set.shape, columns: Math.ceil(count / classes) });
  return encodePng(grid.pixels, grid);
}
