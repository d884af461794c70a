// Image sets in memory, made from plain arrays, and reading any set.

import { LIMITS } from "../limits.ts";
import { setStatistics } from "./statistics.ts";
import type { ImageSet, Normalization } from "./types.ts";

/** Labels are uint16. */
const MAX_CLASSES = 65_536;

/** What {@link imageSet} takes. */
export interface ImageSetOptions {
  /** Names the set in messages. Default `images`. */
  readonly name?: string;
  /** `[channels, height, width]`. */
  readonly shape: ImageSet["shape"];
  /** uint8, NCHW. Used as it is, not copied: in shared memory if it lies there. */
  readonly pixels: Uint8Array;
  /** A class index for each image, from 0 on. */
  readonly labels: ArrayLike<number>;
  /** Default: the class indices as text. */
  readonly classNames?: readonly string[];
  /** Default: the channel statistics of these images. Give a test set the training set's. */
  readonly normalization?: Normalization;
  /** Whether a mirrored image keeps its class. Default true: give false for digits and letters. */
  readonly flippable?: boolean;
}

/**
 * An image set of arrays that you have: what `loadDataset` gives for files.
 *
 * @throws RangeError where there are no images, or pixels, labels, shape and class names do not fit each other;
 * TypeError for pixels that are no bytes.
 */
export function imageSet(options: ImageSetOptions): ImageSet {
  const { name = "images", shape, pixels, labels, flippable = true } = options;
  const [count, size] = [labels.length, shape[0] * shape[1] * shape[2]];
  if (!(pixels instanceof Uint8Array)) throw new TypeError(`${name}: pixels must be a Uint8Array`);
  if (count * size === 0) throw new RangeError(`${name}: ${count} images of ${shape.join("x")} are none`);
  if (pixels.length !== count * size) {
    throw new RangeError(
      `${name}: ${pixels.length} bytes and ${count} labels are not ${count} images of ${shape.join("x")}`,
    );
  }
  const classNames = options.classNames ?? namesUpTo(labels);
  if (classNames.length > MAX_CLASSES)
    throw new RangeError(`${name}: ${classNames.length} classes, more than ${MAX_CLASSES}`);
  for (let i = 0; i < count; i++) {
    const label = labels[i];
    if (Number.isInteger(label) && label >= 0 && label < classNames.length) continue;
    throw new RangeError(`${name}: label ${label} of image ${i} is none of the ${classNames.length} classes`);
  }
  const set = inMemory({ name, count, shape, classNames, labels: Uint16Array.from(labels), pixels, flippable });
  return { ...set, normalization: options.normalization ?? setStatistics(set) };
}

function namesUpTo(labels: ArrayLike<number>): string[] {
  let most = -1;
  for (let i = 0; i < labels.length; i++) most = Math.max(most, Math.trunc(labels[i]));
  return Array.from({ length: most + 1 }, (_, c) => String(c));
}

/**
 * The set with its {@link ImageSet.image}, which reads `pixels`. A copy with other pixels (`{ ...set, pixels }`) reads
 * those.
 */
export function inMemory<T extends Omit<ImageSet, "image" | "normalization">>(set: T): T & Pick<ImageSet, "image"> {
  return { ...set, image: imageOfPixels };
}

function imageOfPixels(this: Pick<ImageSet, "name" | "count" | "shape" | "pixels">, index: number): Uint8Array {
  checkIndex(this, index);
  const size = imageSize(this);
  return this.pixels.subarray(index * size, (index + 1) * size);
}

/** Bytes of an image. */
export function imageSize({ shape }: Pick<ImageSet, "shape">): number {
  return shape[0] * shape[1] * shape[2];
}

/** @throws RangeError where the set has no such image. */
export function checkIndex({ name, count }: Pick<ImageSet, "name" | "count">, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`${name} has images 0 to ${count - 1}, not ${index}`);
}

/** A set's pixels may take so much memory, 8 GiB. */
export const MAX_SET_BYTES: number = LIMITS.setBytes;

/**
 * A set that reads image by image, with its {@link ImageSet.pixels}: all of them, read each time that they are asked
 * for. They are not enumerable, so that a copy (`{ ...set }`) does not read them.
 */
export function withLazyPixels<T extends Omit<ImageSet, "pixels" | "normalization">>(
  set: T,
): T & Pick<ImageSet, "pixels"> {
  const get = (): Uint8Array => {
    const bytes = set.count * imageSize(set);
    if (bytes <= MAX_SET_BYTES) return readImages(set, 0, set.count);
    throw new RangeError(
      `${set.name}: its pixels would take ${gibibytes(bytes)} GiB of memory; ask for one image after another`,
    );
  };
  return Object.defineProperty(set as T & { pixels: Uint8Array }, "pixels", { get });
}

/** In GiB, to one digit. */
export function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** `count` images from `start` on, copied into one array: uint8 NCHW. */
export function readImages(
  set: Pick<ImageSet, "shape" | "image">,
  start: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  const size = imageSize(set);
  const out = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) out.set(set.image(start + i), i * size);
  return out;
}
