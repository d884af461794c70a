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
import type { Layout } from "../layout/layout.ts";
import { splitClasses } from "../layout/split.ts";
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
  /** Gives the image at a path of the layout. */
  readonly image: (path: string) => Promise<DecodedImage>;
  /** What changes with the contents of a file. Absent where images are in memory already. */
  readonly stamp?: ((path: string) => Promise<string>) | undefined;
  /** Default, and where it has another number of channels: the statistics of the training part. */
  readonly normalization?: Normalization;
}

/**
 * Splits where that was asked for, warns of what was left out, and decodes all images, class by class, into shared
 * memory or the cache. Without `channels` the set is RGB, but grey where every image is.
 */
export async function assemble(sources: Sources, options: ResolvedOptions): Promise<Dataset> {
  const { root, image, stamp } = sources;
  const layout = arrangeParts(root, sources.layout, options);
  const parts = layout.test === undefined ? [layout.train] : [layout.train, layout.test];
  const channels = options.channels ?? 3;
  const count = parts.flat(2).length;
  const disk = wantsDisk(root, options, count * channels * options.size ** 2, stamp !== undefined);
  if (!disk) checkMemory(root, count, [channels, options.size, options.size]);
  const gathered =
    disk && stamp !== undefined
      ? await decodeToDisk(parts, { root, image, stamp }, channels, options)
      : await decodeToMemory(parts, image, channels, options.size, options.corrupt);
  return datasetOf({ ...sources, layout }, gathered, options);
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

function arrangeParts(root: string, layout: Layout, { split, seed, onWarning }: ResolvedOptions): Layout {
  const { classNames, ignored, test } = layout;
  if (ignored.length > 0) {
    const some = ignored.slice(0, 3).join(", ") + (ignored.length > 3 ? ", ..." : "");
    const why = ignored.length === 1 ? "was left out, as it is not an image" : "were left out, as they are not images";
    onWarning(`${counted(ignored.length, "file")} of "${root}" ${why} in a class folder: ${some}`);
  }
  const untested = classNames.filter((_, c) => test?.[c].length === 0);
  if (untested.length > 0) onWarning(`The test part of "${root}" has no image of ${untested.join(", ")}.`);
  if (split === undefined) return layout;
  if (test === undefined) return { ...layout, ...splitClasses(layout, split, seed) };
  onWarning(`"${root}" has a test part of its own, so it was not split.`);
  return layout;
}
