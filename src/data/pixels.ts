// Small parts that every adapter needs: shared memory and channel statistics.

import { DatadamError } from "../errors.ts";
import type { ImageSet, Normalization } from "../images/types.ts";

/** The most that one set may take, in bytes. */
export const MAX_SET_BYTES: number = 8 * 2 ** 30;

/** Bytes that worker threads can see. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** Labels that worker threads can see. */
export function sharedLabels(length: number): Uint16Array {
  return new Uint16Array(new SharedArrayBuffer(length * 2));
}

/** @throws DatadamError INVALID_OPTION where so many images would take more than {@link MAX_SET_BYTES} */
export function checkMemory(name: string, count: number, [c, h, w]: ImageSet["shape"]): void {
  const bytes = count * c * h * w;
  if (bytes <= MAX_SET_BYTES) return;
  const gib = (n: number) => (n / 2 ** 30).toFixed(1);
  throw new DatadamError(
    "INVALID_OPTION",
    `${count} images of ${c} x ${h} x ${w} of "${name}" would take ${gib(bytes)} GiB of memory; the limit is ${gib(MAX_SET_BYTES)} GiB.`,
    { hint: "Ask for smaller images (--size), for grey ones (--channels 1), or use fewer images." },
  );
}

/**
 * Mean and standard deviation of each channel of pixels in [0, 1] (divided by n, not n - 1). Sums are of integers and exact, so
 * the order of images does not matter. A constant channel gets the deviation 1, so that it can be divided by.
 */
export function channelStatistics(pixels: Uint8Array, [channels, height, width]: ImageSet["shape"]): Normalization {
  const plane = height * width;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
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
  const n = pixels.length / channels;
  const mean = Array.from(sums, (sum) => sum / n / 255);
  const std = Array.from(squares, (square, c) => Math.sqrt(Math.max(0, square / n - (sums[c] / n) ** 2)) / 255);
  return { mean, std: std.map((s) => s || 1) };
}

/** Turns every square plane of `side * side` pixels over its diagonal, in place: rows become columns. */
export function transposePlanes(pixels: Uint8Array, side: number): void {
  for (let at = 0; at < pixels.length; at += side * side) {
    for (let y = 1; y < side; y++) {
      for (let x = 0; x < y; x++) {
        const [a, b] = [at + y * side + x, at + x * side + y];
        const pixel = pixels[a];
        pixels[a] = pixels[b];
        pixels[b] = pixel;
      }
    }
  }
}
