// Images that a person gives to a page: CIFAR-10 as published, or class folders as files or as one zip, laid out and
// scaled as those of the disk are.

import { imageSet } from "../../images/index.ts";
import type { ImageSet, TestedDataset } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { checkMemory, sharedBytes } from "../decode/pixels.ts";
import { isGrey, writePlanes } from "../decode/planes.ts";
import { type Pixels, resizeAndCrop } from "../decode/resize.ts";
import { isImagePath } from "../layout/formats.ts";
import { findClasses, type Part } from "../layout/layout.ts";
import { splitClasses } from "../layout/split.ts";
import { readGivenCifar10 } from "./cifar10.ts";
import { type GivenFile, openFiles } from "./files.ts";

export interface GivenOptions {
  /** Pixels of a side. */
  readonly size: number;
  readonly decode: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Pixels>;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Images of each class for training, where none are for testing. */
const SPLIT = 0.8;
/**
 * The data set of some files. CIFAR-10 is read as published. Of others, where they have no test part, a fifth of each
 * class becomes one; images of one grey each have one channel.
 *
 * @throws DatadamError DATASET_NOT_FOUND, INVALID_DATA
 */
export async function readGiven(files: readonly GivenFile[], options: GivenOptions): Promise<TestedDataset> {
  const { size, decode, onProgress = () => {}, onWarning = () => {}, signal } = options;
  const published = await readGivenCifar10(files, { onProgress, signal });
  if (published !== undefined) return published;
  const { name, paths, read } = await openFiles(files, { listed: isImagePath, maxFileBytes: LIMITS.imageBytes });
  const layout = findClasses(name, paths, [], { valPart: undefined, onWarning });
  const { train, test = undefined } = layout;
  const parts = test === undefined ? splitClasses(layout, SPLIT, 0) : { train, test };
  const slots = [parts.train, parts.test].map(slotsOf);
  const total = slots[0].size + slots[1].size;
  checkMemory(name, total, [3, size, size]);
  const bytes = 3 * size * size;
  const pixels = slots.map((part) => sharedBytes(part.size * bytes));
  let done = 0;
  let grey = true;
  await read(new Set([...slots[0].keys(), ...slots[1].keys()]), async (path, content) => {
    signal?.throwIfAborted();
    const { data: rgb } = resizeAndCrop(await decode(path, content as Uint8Array<ArrayBuffer>), size);
    grey &&= isGrey(rgb);
    for (const [i, part] of slots.entries()) {
      const slot = part.get(path);
      if (slot !== undefined) writePlanes({ rgb }, 3, pixels[i].subarray(slot * bytes, (slot + 1) * bytes));
    }
    done += 1;
    onProgress(done, total);
  });
  const channels = grey ? 1 : 3;
  const setOf = (part: "train" | "test", index: number, like?: ImageSet): ImageSet =>
    imageSet({
      name: `${name}/${part}`,
      shape: [channels, size, size],
      pixels: grey ? firstPlanes(pixels[index], size) : pixels[index],
      labels: parts[part].flatMap((paths, label) => paths.map(() => label)),
      classNames: layout.classNames,
      ...(like && { normalization: like.normalization }),
    });
  const training = setOf("train", 0);
  return { name, train: training, test: setOf("test", 1, training) };
}

/** Where each image of a part goes. */
function slotsOf(part: Part): ReadonlyMap<string, number> {
  return new Map(part.flat().map((path, index) => [path, index]));
}

function firstPlanes(pixels: Uint8Array, size: number): Uint8Array {
  const area = size * size;
  const planes = sharedBytes(pixels.length / 3);
  for (let i = 0; i < planes.length / area; i++) {
    planes.set(pixels.subarray(3 * i * area, (3 * i + 1) * area), i * area);
  }
  return planes;
}
