// Bytes that move: whole pixels, mirrors, and the nearest pixel of a linear map about the middle.

import type { ImageShape } from "../operation.ts";
import { shiftPlanes } from "../operations/crop.ts";
import { mirrorPlanes } from "../operations/flip.ts";

export function shiftBytes(
  from: Uint8Array,
  [count, channels, height, width]: ImageShape,
  dx: number,
  dy: number,
): Uint8Array {
  const to = new Uint8Array(from.length);
  shiftPlanes({ source: from, target: to, at: 0, count: count * channels, height, width }, dx, dy);
  return to;
}

export function flipBytes(from: Uint8Array, [count, channels, height, width]: ImageShape): Uint8Array {
  const to = new Uint8Array(from.length);
  mirrorPlanes({ source: from, target: to, at: 0, count: count * channels, height, width });
  return to;
}

/** `out` at a place is `in` at `matrix` times that place, both from the middle of the image; black outside. */
export function resampleBytes(
  from: Uint8Array,
  [count, channels, height, width]: ImageShape,
  [a, b, c, d]: readonly [number, number, number, number],
): Uint8Array {
  const plane = height * width;
  const sources = new Int32Array(plane).fill(-1);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = nearest(a * (x - middleX) + b * (y - middleY) + middleX);
      const sourceY = nearest(c * (x - middleX) + d * (y - middleY) + middleY);
      const inside = sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height;
      if (inside) sources[y * width + x] = sourceY * width + sourceX;
    }
  }
  const to = new Uint8Array(from.length);
  for (let at = 0; at < count * channels * plane; at += plane) {
    for (let i = 0; i < plane; i++) if (sources[i] >= 0) to[at + i] = from[at + sources[i]];
  }
  return to;
}

/** Halves go to the even neighbour. */
function nearest(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
