// From a layout of classes to image sets in memory.

import type { Dataset, ImageSet, Normalization } from "../images/types.ts";
import { type DecodedImage, writePlanes } from "./decode.ts";
import type { Layout, Part } from "./layout.ts";
import type { FolderOptions } from "./options.ts";
import { channelStatistics, checkMemory, inMemory, sharedBytes, sharedLabels } from "./pixels.ts";
import { splitClasses } from "./split.ts";

const AT_ONCE = 8; // images being decoded

/** The most bytes that one image file of an archive may have. */
export const MAX_IMAGE_BYTES: number = 128 * 2 ** 20;

/** Which images go where, and what is known of them. */
export interface Sources {
  /** Names the data set. */
  readonly name: string;
  /** Names the place in messages. */
  readonly root: string;
  readonly layout: Layout;
  /** Gives the image at a path of the layout. */
  readonly image: (path: string) => Promise<DecodedImage>;
  /** Default, and where it has another number of channels: the statistics of the training part. */
  readonly normalization?: Normalization;
}

/**
 * Splits where that was asked for, tells what was left out, and decodes all images into shared memory, class by class.
 * Without `channels` the set is RGB, but grey where every image is.
 */
export async function assemble(sources: Sources, options: FolderOptions): Promise<Dataset> {
  const { name, root } = sources;
  const { classNames, train, test } = parts(root, sources.layout, options);
  const { size } = options;
  const channels = options.channels ?? 3;
  checkMemory(root, [...train, ...(test ?? [])].flat().length, [channels, size, size]);
  const filled = await fill(train, sources.image, channels, size);
  const filledTest = test && (await fill(test, sources.image, channels, size));
  const grey = options.channels === undefined && filled.grey && (filledTest?.grey ?? true);
  const shape = [grey ? 1 : channels, size, size] as const;
  const set = (part: string, { pixels, labels }: Filled) =>
    inMemory({
      name: `${name}/${part}`,
      count: labels.length,
      shape,
      classNames,
      labels,
      pixels: grey ? firstPlanes(pixels, channels, size ** 2) : pixels,
      flippable: options.flippable,
    });
  const trained: Omit<ImageSet, "normalization"> = set("train", filled);
  const normalization =
    sources.normalization?.mean.length === shape[0] ? sources.normalization : channelStatistics(trained.pixels, shape);
  return {
    name,
    train: { ...trained, normalization },
    test: filledTest && { ...set("test", filledTest), normalization },
  };
}

function parts(root: string, layout: Layout, { split, seed, onWarning }: FolderOptions): Layout {
  const { classNames, ignored, test } = layout;
  if (ignored.length > 0) {
    const some = ignored.slice(0, 3).join(", ") + (ignored.length > 3 ? ", ..." : "");
    onWarning(`${ignored.length} files of "${root}" were left out, as they are not images in a class folder: ${some}`);
  }
  const untested = classNames.filter((_, c) => test?.[c].length === 0);
  if (untested.length > 0) onWarning(`The test part of "${root}" has no image of ${untested.join(", ")}.`);
  if (split === undefined) return layout;
  if (test === undefined) return { ...layout, ...splitClasses(layout, split, seed) };
  onWarning(`"${root}" has a test part of its own, so it was not split.`);
  return layout;
}

interface Filled extends Pick<ImageSet, "labels" | "pixels"> {
  /** Whether every image is grey. */
  readonly grey: boolean;
}

async function fill(part: Part, image: Sources["image"], channels: 1 | 3, size: number): Promise<Filled> {
  const paths = part.flat();
  const stride = channels * size ** 2;
  const pixels = sharedBytes(paths.length * stride);
  const labels = sharedLabels(paths.length);
  labels.set(part.flatMap((of, c) => new Array<number>(of.length).fill(c)));
  let n = 0;
  const write = async (path: string): Promise<boolean> => {
    const out = pixels.subarray(n * stride, ++n * stride);
    const decoded = await image(path);
    writePlanes(decoded, channels, out);
    return decoded.grey;
  };
  const greys = await mapInOrder(paths, write);
  return { labels, pixels, grey: greys.every(Boolean) };
}

/** The first of the planes of each image. */
function firstPlanes(pixels: Uint8Array, channels: number, plane: number): Uint8Array {
  const out = sharedBytes(pixels.length / channels);
  for (let n = 0; n * plane < out.length; n++) {
    out.set(pixels.subarray(n * channels * plane, (n * channels + 1) * plane), n * plane);
  }
  return out;
}

/** Maps with a few at once, begun in order; results in order, and the first failure in order is the one thrown. */
export async function mapInOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const pending: Promise<R>[] = [];
  for await (const item of source) {
    const result = map(item);
    result.catch(() => {}); // told below, when its turn comes
    pending.push(result);
    if (pending.length === AT_ONCE) results.push(await pending.shift()!);
  }
  for (const result of pending) results.push(await result);
  return results;
}
