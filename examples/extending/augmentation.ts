// An augmentation operation. To add it to the library, this file becomes src/augment/operations/roll.ts, and the index
// of that folder gets one line:
//
//     export { roll } from "./roll.ts";
//
// Then `datadam distill --set augment=roll_color` uses it, and the test of the adjoint covers it.

import type { Images, Operation } from "datadam/augment";

interface Roll {
  /** Columns by which an image moves to the right; what leaves it comes in again on the left. */
  readonly columns: readonly number[];
}

export const roll: Operation<Roll> = {
  mirrors: false,
  draw: ({ stream, width, each }) => ({ columns: each(() => stream.integer(width)) }),
  apply: (parameters, images) => rollImages(parameters, images, 1),
  adjoint: (parameters, gradients) => rollImages(parameters, gradients, -1),
};

function rollImages({ columns }: Roll, { source, target, shape }: Images, sign: number): void {
  const [count, channels, height, width] = shape;
  const rows = channels * height;
  for (let row = 0; row < count * rows; row++) {
    // One value for all images, or one an image.
    const shift = sign * columns[columns.length === 1 ? 0 : Math.floor(row / rows)];
    const at = row * width;
    for (let x = 0; x < width; x++) target[at + ((x + shift + width) % width)] = source[at + x];
  }
}
