// Small made-up image sets whose classes differ: each has a bright patch of its own.

import { imageSet } from "../../src/images/index.ts";
import type { ImageSet } from "../../src/images/types.ts";
import { Key } from "../../src/random/index.ts";

export interface PatchOptions {
  readonly classes?: number;
  readonly perClass?: number;
  readonly size?: number;
  readonly channels?: number;
  readonly seed?: number;
}

export function patches({
  classes = 3,
  perClass = 12,
  size = 16,
  channels = 1,
  seed = 0,
}: PatchOptions = {}): ImageSet {
  const stream = Key.fromSeed(seed).fold("patches").stream();
  const count = classes * perClass;
  const labels = Uint16Array.from({ length: count }, (_, i) => i % classes);
  const pixels = new Uint8Array(count * channels * size * size);
  for (let i = 0; i < count; i++) {
    const row = Math.floor((labels[i] * size) / classes);
    for (let p = 0; p < channels * size * size; p++) {
      const y = Math.floor((p % (size * size)) / size);
      const bright = y >= row && y < row + size / classes ? 120 : 0;
      pixels[i * channels * size * size + p] = bright + stream.integer(130);
    }
  }
  return imageSet({
    name: "patches/train",
    shape: [channels, size, size],
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    labels,
    pixels,
    normalization: { mean: new Array<number>(channels).fill(0.4), std: new Array<number>(channels).fill(0.25) },
  });
}
