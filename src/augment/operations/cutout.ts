// A hole of zeros, half as high and wide as the image.

import { type Images, type Operation, valueFor } from "../operation.ts";
import { eachImage, type Planes } from "../planes.ts";

/** Of the image's side. */
const SHARE = 0.5;

interface Cutout {
  /** Size of the zeroed hole in pixels. */
  readonly holeWidth: number;
  readonly holeHeight: number;
  /** Centre: the hole covers `[x - floor(holeWidth / 2), + holeWidth)` of the columns, clipped; rows likewise. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export const cutout: Operation<Cutout> = {
  mirrors: false,
  draw({ stream, height, width, each }) {
    const holeWidth = Math.round(width * SHARE);
    const holeHeight = Math.round(height * SHARE);
    // An even hole has its centre between pixels, so it has one place more: every place cuts at least half a hole out.
    const centre = (side: number, hole: number): number[] => each(() => stream.integer(side + 1 - (hole % 2)));
    return { holeWidth, holeHeight, x: centre(width, holeWidth), y: centre(height, holeHeight) };
  },
  apply: cutImages,
  adjoint: cutImages,
};

function cutImages({ holeWidth, holeHeight, x, y }: Cutout, images: Images): void {
  eachImage(images, (planes, n) => {
    const left = valueFor(x, n) - Math.floor(holeWidth / 2);
    const top = valueFor(y, n) - Math.floor(holeHeight / 2);
    cutPlanes(planes, { top, left, bottom: top + holeHeight, right: left + holeWidth });
  });
}

/** Zeroes rows [top, bottom) by columns [left, right), clipped to the image. Its own adjoint. */
function cutPlanes(
  { source, target, at, count, height, width }: Planes,
  { top, left, bottom, right }: Readonly<Record<"top" | "left" | "bottom" | "right", number>>,
): void {
  const plane = height * width;
  target.set(source.subarray(at, at + count * plane), at);
  const from = Math.max(0, left);
  const to = Math.min(width, right);
  for (let p = 0; p < count; p++) {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
      const row = at + p * plane + y * width;
      for (let i = row + from; i < row + to; i++) target[i] = 0;
    }
  }
}
