// Mirroring left to right, with probability one half.

import { type Images, type Operation, valueFor } from "../operation.ts";
import { eachImage, type Planes } from "../planes.ts";

const PROBABILITY = 0.5;

interface Flip {
  /** Mirrored left to right? */
  readonly flipped: readonly boolean[];
}

export const flip: Operation<Flip> = {
  mirrors: true,
  draw: ({ stream, each }) => ({ flipped: each(() => stream.uniform() < PROBABILITY) }),
  apply: flipImages,
  adjoint: flipImages,
};

function flipImages({ flipped }: Flip, images: Images): void {
  eachImage(images, (planes, n) => {
    if (valueFor(flipped, n)) mirrorPlanes(planes);
    else copyPlanes(planes);
  });
}

/** Mirrors left to right. Its own adjoint. */
export function mirrorPlanes({ source, target, at, count, height, width }: Planes<Float32Array | Uint8Array>): void {
  for (let row = at; row < at + count * height * width; row += width) {
    const last = row + width - 1;
    for (let x = 0; x < width; x++) target[row + x] = source[last - x];
  }
}

function copyPlanes({ source, target, at, count, height, width }: Planes): void {
  target.set(source.subarray(at, at + count * height * width), at);
}
