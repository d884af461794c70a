// Pictures of sets as a person would look at them: a row a class, beside the images that they were made of.

import { encodePng, type GridSection, labelledGrid } from "../formats/index.ts";
import { unprepare } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";

/** Some images of each class that a distillation began with. */
export interface StartImages {
  /** Which they are, such as `random real`. */
  readonly title: string;
  /** uint8 NCHW, `columns` for each class of the set. */
  readonly pixels: Uint8Array;
  readonly columns: number;
}

/** What a picture has beside the images of the set. */
export interface GridOptions {
  readonly start?: StartImages | undefined;
  /** Above the images of the set, where there are others. */
  readonly title?: string | undefined;
  /** Lines below. */
  readonly caption?: readonly string[] | undefined;
}

/** The set un-whitened and de-normalised, as PNG. One row a class, in class order. */
export function encodeGrid(set: SyntheticSet, { start, title, caption }: GridOptions = {}): Uint8Array {
  const classes = [...new Set(set.labels)];
  const columns = Math.max(...classes.map((label) => set.labels.filter((other) => other === label).length));
  const pixels = pixelsOf(set, columns);
  const sections: GridSection[] = start === undefined ? [{ pixels, columns }] : [start, { pixels, columns, title }];
  const names = classes.map((label) => set.classNames[label] ?? String(label));
  const grid = labelledGrid({ shape: set.shape, names, sections, caption });
  return encodePng(grid.pixels, grid);
}

/** Pixels (uint8 NCHW) of the first `columns` images of each class of a set; white where it has fewer. */
export function pixelsOf({ images, labels, shape, preprocessing }: SyntheticSet, columns: number): Uint8Array {
  const size = shape[0] * shape[1] * shape[2];
  const members = [...new Set(labels)].map((label) =>
    [...labels.keys()].filter((index) => labels[index] === label).slice(0, columns),
  );
  const order = members.flat();
  const some = new Float32Array(order.length * size);
  for (const [to, index] of order.entries()) some.set(images.subarray(index * size, (index + 1) * size), to * size);
  const pixels = unprepare(some, [order.length, ...shape], preprocessing);
  const out = new Uint8Array(members.length * columns * size).fill(255);
  let from = 0;
  for (const [row, { length }] of members.entries()) {
    out.set(pixels.subarray(from * size, (from + length) * size), row * columns * size);
    from += length;
  }
  return out;
}
