// Mean and covariance of normalised images, exact but for one rounding, whatever the order of the sums.

import { allocate, type Multiply, mirror, symmetricProduct } from "../../linalg/index.ts";
import { imageSize, readImages } from "../imageSet.ts";
import type { ImageSet } from "../types.ts";

/** Centred bytes are at most 128 in size, so sums of this many products stay below 2^24: exact integers in float32. */
const CHUNK = 1024;
const CENTRE = 128;

export interface Moments {
  /** float64 [d] */
  readonly mean: Float64Array;
  /** float64 [d, d], unbiased (divided by n - 1), symmetric. */
  readonly covariance: Float64Array;
}

/**
 * Moments of `(pixel / 255 - mean[c]) / std[c]` over a set, `d = c*h*w`. Products of bytes are summed as integers, in
 * float32 within a chunk of 1024 images and in float64 over chunks, without any rounding; normalisation is applied to
 * the sums. So the result is the same on every machine and back end, to the last bit.
 */
export async function moments(set: ImageSet, multiply: Multiply, onChunk: (done: number) => void): Promise<Moments> {
  const [, height, width] = set.shape;
  const [n, d] = [set.count, imageSize(set)];
  const totals = new Float64Array(d);
  const products = allocate(Float64Array, d * d); // upper triangle
  for (let start = 0; start < n; start += CHUNK) {
    const count = Math.min(CHUNK, n - start);
    const chunk = transposed(readImages(set, start, count), count, d, totals);
    await symmetricProduct(multiply, chunk, chunk, d, count, (strip, row, rows, columns) => {
      for (let i = 0; i < rows; i++) {
        const [from, to] = [i * columns, (row + i) * d + row];
        for (let j = i; j < columns; j++) products[to + j] += strip[from + j];
      }
    });
    onChunk((start + count) / n);
  }
  const { mean, std } = set.normalization;
  const gain = Float64Array.from(totals, (_, i) => 1 / (255 * std[Math.floor(i / (height * width))]));
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      const centred = (n * products[i * d + j] - totals[i] * totals[j]) / (n * (n - 1));
      products[i * d + j] = centred * gain[i] * gain[j];
    }
  }
  for (let row = 0; row < d; row += CHUNK) {
    const rows = Math.min(CHUNK, d - row);
    const strip = new Float64Array(rows * (d - row));
    for (let i = 0; i < rows; i++) {
      strip.set(products.subarray((row + i) * d + row, (row + i + 1) * d), i * (d - row));
    }
    mirror(strip, row, rows, d - row, products);
  }
  const centre = totals.map((total, i) => {
    const channel = Math.floor(i / (height * width));
    return ((total / n + CENTRE) / 255 - mean[channel]) / std[channel];
  });
  return { mean: centre, covariance: products };
}

/** Centred pixels of `count` images as float32 `[d, count]`; adds them to `totals`. */
function transposed(pixels: Uint8Array, count: number, d: number, totals: Float64Array): Float32Array {
  const out = allocate(Float32Array, d * count);
  for (let i = 0; i < d; i++) {
    let total = 0;
    for (let image = 0, from = i; image < count; image++, from += d) {
      const value = pixels[from] - CENTRE;
      out[i * count + image] = value;
      total += value;
    }
    totals[i] += total;
  }
  return out;
}
