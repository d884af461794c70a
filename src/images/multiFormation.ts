// Multi-formation (IDC, Kim et al., ICML 2022): each stored image is cut into factor x factor parts, and networks see
// each part enlarged to the size of an image.

import { sizeOf } from "../tensor/size.ts";
import { assertWholeSet } from "./checks.ts";
import { factorFault } from "./factor.ts";
import type { SyntheticSet } from "./types.ts";

type Shape = SyntheticSet["shape"];

/** Where a pixel of an enlarged line comes from: `1 - share` of `low`, `share` of `high`. */
interface Tap {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/**
 * Cuts images into `factor` x `factor` parts, row by row, and enlarges each to the whole size: bilinear, with pixel
 * centres kept in place (PyTorch's `interpolate`, `align_corners=False`).
 *
 * @param images float32 [n, c, h, w]
 * @returns float32 [n * factor * factor, c, h, w], the parts of an image in turn; the same array at `factor` 1.
 * @throws RangeError where the parts are no whole pixels.
 */
export function expandImages(images: Float32Array, shape: Shape, factor: number): Float32Array {
  if (factor === 1) return images;
  const out = new Float32Array(images.length * factor * factor);
  forEachPixel(images.length, shape, factor, (at, top, bottom, rows, columns) => {
    const upper = images[top + columns.low] * (1 - columns.share) + images[top + columns.high] * columns.share;
    const lower = images[bottom + columns.low] * (1 - columns.share) + images[bottom + columns.high] * columns.share;
    out[at] = upper * (1 - rows.share) + lower * rows.share;
  });
  return out;
}

/** The adjoint of {@link expandImages}: from gradients of the parts to those of the stored images. */
export function expandImagesAdjoint(gradient: Float32Array, shape: Shape, factor: number): Float32Array {
  if (factor === 1) return gradient;
  const sums = new Float64Array(gradient.length / (factor * factor));
  forEachPixel(sums.length, shape, factor, (at, top, bottom, rows, columns) => {
    const [upper, lower] = [gradient[at] * (1 - rows.share), gradient[at] * rows.share];
    sums[top + columns.low] += upper * (1 - columns.share);
    sums[top + columns.high] += upper * columns.share;
    sums[bottom + columns.low] += lower * (1 - columns.share);
    sums[bottom + columns.high] += lower * columns.share;
  });
  return new Float32Array(sums);
}

/**
 * Makes stored images of whole ones: each is reduced to a `factor`-th of its height and width, by the mean over squares
 * of `factor` x `factor` pixels, and `factor` x `factor` of them are the parts of one.
 *
 * @param images float32 [n * factor * factor, c, h, w]
 * @returns float32 [n, c, h, w]
 */
export function downsample(images: Float32Array, shape: Shape, factor: number): Float32Array {
  if (factor === 1) return images;
  const out = new Float32Array(images.length / (factor * factor));
  const [, height, width] = shape;
  forEachPart(out.length, shape, factor, (stored, part) => {
    for (let y = 0; y < height / factor; y++) {
      for (let x = 0; x < width / factor; x++) {
        let sum = 0;
        for (let i = 0; i < factor; i++)
          for (let k = 0; k < factor; k++) sum += images[part + (y * factor + i) * width + x * factor + k];
        out[stored + y * width + x] = sum / (factor * factor);
      }
    }
  });
  return out;
}

/** A set with all of its images at full size, as networks are trained on it. The set itself where its `factor` is 1. */
export function expandSet(set: SyntheticSet): SyntheticSet {
  const { factor = 1, ...rest } = set;
  if (factor === 1) return set;
  assertWholeSet(set);
  const parts = factor * factor;
  return {
    ...rest,
    images: expandImages(set.images, set.shape, factor),
    labels: Uint16Array.from({ length: set.labels.length * parts }, (_, i) => set.labels[Math.floor(i / parts)]),
  };
}

/**
 * Calls `visit` for each pixel of the enlarged parts.
 *
 * @param visit takes the pixel's index, where the two stored rows that it comes from begin, and its taps in both
 *   directions.
 */
function forEachPixel(
  length: number,
  shape: Shape,
  factor: number,
  visit: (at: number, top: number, bottom: number, rows: Tap, columns: Tap) => void,
): void {
  const [, height, width] = shape;
  const [rows, columns] = [tapsOf(height, factor), tapsOf(width, factor)];
  forEachPart(length, shape, factor, (stored, part) => {
    for (let y = 0; y < height; y++) {
      const [top, bottom] = [stored + rows[y].low * width, stored + rows[y].high * width];
      for (let x = 0; x < width; x++) visit(part + y * width + x, top, bottom, rows[y], columns[x]);
    }
  });
}

/**
 * Calls `visit` for each channel of each part.
 *
 * @param visit takes where the part begins in the stored images, and where the enlarged one begins.
 */
function forEachPart(
  length: number,
  shape: Shape,
  factor: number,
  visit: (stored: number, part: number) => void,
): void {
  const fault = factorFault(shape, factor);
  if (fault !== undefined) throw new RangeError(`expand: ${fault}`);
  const [channels, height, width] = shape;
  const size = sizeOf(shape);
  for (let image = 0; image < length / size; image++) {
    for (let tile = 0; tile < factor * factor; tile++) {
      const corner = (Math.floor(tile / factor) * height * width) / factor + ((tile % factor) * width) / factor;
      for (let c = 0; c < channels; c++) {
        const plane = c * height * width;
        visit(image * size + plane + corner, (image * factor * factor + tile) * size + plane);
      }
    }
  }
}

function tapsOf(length: number, factor: number): Tap[] {
  const last = length / factor - 1;
  return Array.from({ length }, (_, i) => {
    const at = Math.max(0, (i + 0.5) / factor - 0.5);
    const low = Math.min(Math.floor(at), last);
    return { low, high: Math.min(low + 1, last), share: at - low };
  });
}
