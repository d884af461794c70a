// Translation by whole pixels, zeros outside.

import { type Images, type Operation, valueFor } from "../operation.ts";
import { eachImage, type Planes } from "../planes.ts";

/** The most that an image is shifted, as a share of its side. */
const SHARE = 0.125;

interface Crop {
  /** Pixels: `out[y][x] = in[y + dy][x + dx]`, zero outside. */
  readonly dx: readonly number[];
  readonly dy: readonly number[];
}

export const crop: Operation<Crop> = {
  mirrors: false,
  draw({ stream, height, width, each }) {
    const shift = (side: number): number[] => {
      const most = Math.round(side * SHARE);
      return each(() => stream.integer(2 * most + 1) - most);
    };
    return { dx: shift(width), dy: shift(height) };
  },
  apply: (parameters, images) => shiftImages(parameters, images, 1),
  adjoint: (parameters, gradients) => shiftImages(parameters, gradients, -1),
};

function shiftImages({ dx, dy }: Crop, images: Images, sign: number): void {
  eachImage(images, (planes, n) => shiftPlanes(planes, sign * valueFor(dx, n), sign * valueFor(dy, n)));
}

/** `target[y][x] = source[y + dy][x + dx]`, zero outside. Its adjoint is the shift by (-dx, -dy). */
export function shiftPlanes(
  { source, target, at, count, height, width }: Planes<Float32Array | Uint8Array>,
  dx: number,
  dy: number,
): void {
  const left = Math.min(width, Math.max(0, -dx));
  const right = Math.max(left, Math.min(width, width - dx));
  const shift = dy * width + dx;
  let row = at;
  for (let p = 0; p < count; p++) {
    for (let y = 0; y < height; y++, row += width) {
      if (y + dy < 0 || y + dy >= height) {
        for (let i = row; i < row + width; i++) target[i] = 0;
        continue;
      }
      for (let i = row; i < row + left; i++) target[i] = 0;
      for (let i = row + left; i < row + right; i++) target[i] = source[i + shift];
      for (let i = row + right; i < row + width; i++) target[i] = 0;
    }
  }
}
