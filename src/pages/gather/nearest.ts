// The real images that are nearest to the images of a set, class by class.

import { expandSet, type ImageSet, imageSize, type SyntheticSet, unprepare } from "../../images/index.ts";
import type { Encoder, ReportNearest } from "../types.ts";
import { base64 } from "./base64.ts";

/** How images are compared: vectors of synthetic images, and of real ones. */
export interface Comparison {
  /** In words, such as `pixels`. */
  readonly by: string;
  synthetic(expanded: SyntheticSet, indices: readonly number[]): Promise<readonly ArrayLike<number>[]>;
  /** Of real images of one class. */
  real(indices: readonly number[]): Promise<readonly ArrayLike<number>[]>;
}

/** Compares pixels: the distance is the root of the mean squared difference, of 255. */
export function byPixels(train: ImageSet): Comparison {
  return {
    by: "pixels (root mean squared difference, of 255)",
    async synthetic(expanded, indices) {
      const size = imageSize(expanded);
      return indices.map((index) =>
        unprepare(
          expanded.images.slice(index * size, (index + 1) * size),
          [1, ...expanded.shape],
          expanded.preprocessing,
        ),
      );
    },
    real: async (indices) => indices.map((index) => train.image(index)),
  };
}

/**
 * The nearest real image of the same class for each image shown. Where a set holds several small images in each
 * (`factor`), each of them has its own nearest one, put together in the same way.
 *
 * @param shown indices into the set.
 */
export async function nearestImages(
  set: SyntheticSet,
  shown: readonly number[],
  train: ImageSet,
  comparison: Comparison,
  encoder: Encoder,
): Promise<ReportNearest> {
  const { factor = 1 } = set;
  const parts = factor * factor;
  const expanded = expandSet(set);
  const found = new Map<number, { readonly indices: number[]; readonly distances: number[] }>();
  for (const label of new Set(shown.map((index) => set.labels[index]!))) {
    const members = shown.filter((index) => set.labels[index] === label);
    const smaller = members.flatMap((index) => Array.from({ length: parts }, (_, part) => index * parts + part));
    const mine = await comparison.synthetic(expanded, smaller);
    const candidates = [...train.labels.keys()].filter((index) => train.labels[index] === label);
    const best = mine.map(() => ({ index: candidates[0] ?? 0, distance: Number.POSITIVE_INFINITY }));
    for (let from = 0; from < candidates.length; from += 256) {
      const some = candidates.slice(from, from + 256);
      for (const [i, other] of (await comparison.real(some)).entries()) {
        for (const [place, vector] of mine.entries()) {
          const limit = best[place]!.distance ** 2 * vector.length;
          const sum = squaredDistance(vector, other, limit);
          if (sum < limit) best[place] = { index: some[i]!, distance: Math.sqrt(sum / vector.length) };
        }
      }
    }
    for (const [i, index] of members.entries()) {
      const own = best.slice(i * parts, (i + 1) * parts);
      found.set(index, { indices: own.map((one) => one.index), distances: own.map((one) => one.distance) });
    }
  }
  const images: string[] = [];
  const distances: number[] = [];
  for (const index of shown) {
    const one = found.get(index)!;
    const pictures = one.indices.map((real) => train.image(real));
    images.push(base64(await encoder.encode(mosaic(pictures, set.shape, factor), set.shape)));
    distances.push(Number((one.distances.reduce((total, value) => total + value, 0) / parts).toPrecision(4)));
  }
  return { by: comparison.by, type: encoder.type, images, distances };
}

/** Given up once it is more than `limit`. */
function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>, limit: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; ) {
    const end = Math.min(a.length, i + 256);
    for (; i < end; i++) sum += (a[i]! - b[i]!) ** 2;
    if (sum >= limit) return sum;
  }
  return sum;
}

/** `factor` x `factor` pictures in the place of one, each made smaller by means of its pixels. */
function mosaic(
  pictures: readonly Uint8Array[],
  [channels, height, width]: readonly [number, number, number],
  factor: number,
): Uint8Array {
  if (factor === 1) return pictures[0]!;
  const out = new Uint8Array(channels * height * width);
  // A part of a side that does not divide ends where the next begins.
  const edges = (length: number): number[] =>
    Array.from({ length: factor + 1 }, (_, i) => Math.round((i * length) / factor));
  const [tops, lefts] = [edges(height), edges(width)];
  for (const [part, picture] of pictures.entries()) {
    const [row, column] = [Math.floor(part / factor), part % factor];
    const [top, left] = [tops[row]!, lefts[column]!];
    const [rows, columns] = [tops[row + 1]! - top, lefts[column + 1]! - left];
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const [y0, y1] = [Math.floor((y * height) / rows), Math.ceil(((y + 1) * height) / rows)];
          const [x0, x1] = [Math.floor((x * width) / columns), Math.ceil(((x + 1) * width) / columns)];
          let sum = 0;
          for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) sum += picture[(c * height + v) * width + u]!;
          out[(c * height + top + y) * width + left + x] = Math.round(sum / ((y1 - y0) * (x1 - x0)));
        }
      }
    }
  }
  return out;
}
