// From a layout of classes to image sets, in memory or on the disk.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { setStatistics } from "../../images/index.ts";
import type { Dataset, ImageSet, Normalization } from "../../images/types.ts";
import { warnSkipped } from "../decode/corrupt.ts";
import type { DecodedImage } from "../decode/decode.ts";
import type { Gathered, GatheredPart } from "../decode/gather.ts";
import { warnMislabelled } from "../decode/mislabelled.ts";
import { checkMemory } from "../decode/pixels.ts";
import type { Layout, Part } from "../layout/layout.ts";
import { shareOf, splitClasses } from "../layout/split.ts";
import type { ResolvedOptions } from "../options.ts";
import { decodeToDisk, wantsDisk } from "./disk.ts";
import { decodeToMemory } from "./memory.ts";

/** Which images go where, and what is known of them. */
export interface Sources {
  /** Names the data set. */
  readonly name: string;
  /** Names the place in messages. */
  readonly root: string;
  readonly layout: Layout;
  /** Gives the image at a path of the layout. Needed without `gather`. */
  readonly image?: ((path: string) => Promise<DecodedImage>) | undefined;
  /** What changes with the contents of a file. Absent where images are in memory already. */
  readonly stamp?: ((path: string) => Promise<string>) | undefined;
  /** Decodes all images of the parts at once, where they cannot be read in any order. */
  readonly gather?: ((parts: readonly Part[], channels: 1 | 3) => Promise<Gathered>) | undefined;
  /** Default, and where it has another number of channels: the statistics of the training part. */
  readonly normalization?: Normalization;
}

/**
 * Splits where that was asked for, warns of what was left out, and decodes all images, class by class, into shared
 * memory or the cache. Without `channels` the set is RGB, but grey where every image is.
 */
export async function assemble(sources: Sources, options: ResolvedOptions): Promise<Dataset> {
  const { root } = sources;
  const { split, ...arranged } = arrangeParts(root, sources.layout, options);
  const layout = firstOf(arranged, options);
  const parts = layout.test === undefined ? [layout.train] : [layout.train, layout.test];
  const dataset = datasetOf({ ...sources, layout }, await gather(parts, sources, options), options);
  return split === undefined ? dataset : { ...dataset, split };
}

async function gather(
  parts: readonly Part[],
  { root, image = async () => Promise.reject(new TypeError("no image")), stamp, gather }: Sources,
  options: ResolvedOptions,
): Promise<Gathered> {
  const { channels = 3, size, corrupt, onProgress } = options;
  if (gather !== undefined) return gather(parts, channels);
  const count = parts.flat(2).length;
  const disk = wantsDisk(root, options, count * channels * size ** 2, stamp !== undefined);
  if (disk && stamp !== undefined) return decodeToDisk(parts, { root, image, stamp }, channels, options);
  checkMemory(root, count, [channels, size, size]);
  // Images without a stamp are decoded already.
  return decodeToMemory(parts, image, channels, size, corrupt, stamp && onProgress);
}

/** The first images of each class, where no others are wanted. */
function firstOf(layout: Layout, { firstPerClass }: ResolvedOptions): Layout {
  const first = (part: Part) => part.map((paths) => paths.slice(0, firstPerClass));
  return { ...layout, train: first(layout.train), test: layout.test && first(layout.test) };
}

/** The data set of decoded parts. @throws DatadamError INVALID_DATA where a class has lost all its training images */
export function datasetOf(
  { name, root, layout: { classNames }, normalization }: Pick<Sources, "name" | "root" | "layout" | "normalization">,
  { parts: [train, test], skipped, grey, mislabelled }: Gathered,
  options: ResolvedOptions,
): Dataset {
  warnSkipped(root, skipped, options.onWarning);
  warnMislabelled(root, mislabelled, options.onWarning);
  const present = new Set(train.labels);
  const lost = classNames.find((_, c) => !present.has(c));
  if (lost !== undefined) {
    throw new DatadamError("INVALID_DATA", `No training image of the class "${lost}" of "${root}" can be decoded.`);
  }
  const channels = options.channels ?? (grey ? 1 : 3);
  const shape = [channels, options.size, options.size] as const;
  const open = (part: string, images: GatheredPart) =>
    images.open({ name: `${name}/${part}`, shape, classNames, flippable: options.flippable });
  const trained = open("train", train);
  const known = normalization?.mean.length === channels ? normalization : setStatistics(trained);
  const normalized = (set: Omit<ImageSet, "normalization">): ImageSet => Object.assign(set, { normalization: known });
  return { name, train: normalized(trained), test: test && normalized(open("test", test)) };
}

function arrangeParts(root: string, layout: Layout, options: ResolvedOptions): Layout & Pick<Dataset, "split"> {
  const { classNames, ignored, train, test } = layout;
  const { split, seed, onWarning } = options;
  if (ignored.length > 0) {
    const some = ignored.slice(0, 3).join(", ") + (ignored.length > 3 ? ", ..." : "");
    const why = ignored.length === 1 ? "was left out, as it is not an image" : "were left out, as they are not images";
    onWarning(`${counted(ignored.length, "file")} of "${root}" ${why} in a class folder: ${some}`);
  }
  const untested = classNames.filter((_, c) => test?.[c].length === 0);
  if (untested.length > 0) onWarning(`The test part of "${root}" has no image of ${untested.join(", ")}.`);
  if (test !== undefined) {
    if (split !== undefined) onWarning(`"${root}" has a test part of its own, so it was not split.`);
    return layout;
  }
  const counts = train.map(({ length }) => length);
  const share = shareOf(options, root, classNames, counts);
  return share === undefined ? layout : { ...layout, ...splitClasses(layout, share, seed), split: share };
}
