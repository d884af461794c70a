// Mean and deviation of the channels of a set.

import type { ImageSet, Normalization } from "./types.ts";

/**
 * Mean and standard deviation of each channel of pixels in [0, 1] (divided by n, not n - 1). Sums are of integers and
 * exact, so the order of images does not matter. A constant channel gets the deviation 1, so that it can be divided by.
 */
export function channelStatistics(pixels: Uint8Array, shape: ImageSet["shape"]): Normalization {
  return statistics([pixels], shape);
}

/** {@link channelStatistics} of a set, read image by image. */
export function setStatistics(set: Pick<ImageSet, "count" | "shape" | "image">): Normalization {
  function* images(): Generator<Uint8Array> {
    for (let i = 0; i < set.count; i++) yield set.image(i);
  }
  return statistics(images(), set.shape);
}

/** @param pieces whole images, one or several in each. */
function statistics(pieces: Iterable<Uint8Array>, [channels, height, width]: ImageSet["shape"]): Normalization {
  const plane = height * width;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let n = 0;
  for (const pixels of pieces) {
    for (let at = 0, c = 0; at < pixels.length; at += plane, c = (c + 1) % channels) {
      let sum = 0;
      let square = 0;
      for (let i = at; i < at + plane; i++) {
        sum += pixels[i];
        square += pixels[i] * pixels[i];
      }
      sums[c] += sum;
      squares[c] += square;
    }
    n += pixels.length / channels;
  }
  const mean = Array.from(sums, (sum) => sum / n / 255);
  const std = Array.from(squares, (square, c) => Math.sqrt(Math.max(0, square / n - (sums[c] / n) ** 2)) / 255);
  return { mean, std: std.map((s) => s || 1) };
}
