// ImageNet-1K as published: a tar of 1000 tars, a tar of validation images, and lists. Decoded from them into the
// cache, in the order of the archives; nothing is unpacked to the disk.

import { join, resolve } from "node:path";
import { DatadamError } from "../../../errors.ts";
import type { TestedDataset } from "../../../images/types.ts";
import { readArchive } from "../../archives/archive.ts";
import { readMember, type TarMember, tarMembers } from "../../archives/tarMembers.ts";
import { fileStamp } from "../../archives/tree.ts";
import { decodeImage, MAX_IMAGE_BYTES } from "../../decode/decode.ts";
import { isImagePath } from "../../layout/formats.ts";
import type { Layout } from "../../layout/layout.ts";
import { nameSynsets } from "../../layout/synsets.ts";
import type { ResolvedOptions } from "../../options.ts";
import { datasetOf } from "../../store/assemble.ts";
import { type Incoming, openStore } from "../../store/buildStore.ts";
import { partsOfStore, storeKey } from "../../store/disk.ts";
import { readGroundTruth } from "./labels.ts";
import { IMAGENET_NORMALIZATION } from "./normalization.ts";
import { type ImagenetSubset, subsetOf } from "./subsets.ts";

/** A tar of tars, one a synset: `n01440764.tar` holds `n01440764_10026.JPEG`. */
export const TRAIN_ARCHIVE = "ILSVRC2012_img_train.tar";
/** `ILSVRC2012_val_00000001.JPEG` and on. */
const VAL_ARCHIVE = "ILSVRC2012_img_val.tar";

/** Loads the archives of the folder `dir`. See {@link readGroundTruth} for its lists. */
export async function loadImagenetArchives(
  name: string,
  dir: string,
  subset: ImagenetSubset | undefined,
  options: ResolvedOptions,
): Promise<TestedDataset> {
  if (options.store === "memory") {
    throw new DatadamError(
      "INVALID_OPTION",
      `The archives of "${dir}" are always decoded into the cache on the disk.`,
      {
        hint: "Leave `store` out, or set it to disk.",
      },
    );
  }
  const [trainFile, valFile] = [join(dir, TRAIN_ARCHIVE), join(dir, VAL_ARCHIVE)];
  const truth = await readGroundTruth(dir);
  const all = [...new Set(truth)].sort();
  const synsets = subset === undefined ? all : subsetOf(dir, all, subset);
  const channels = options.channels ?? 3;
  const stamps = [await fileStamp(trainFile), await fileStamp(valFile)];
  const key = storeKey(["imagenet", resolve(dir), stamps, synsets, channels, options.size], [truth]);
  const wanted = new Set(synsets);
  async function* images(): AsyncGenerator<Incoming> {
    yield* trainImages(trainFile, wanted, options.size);
    yield* valImages(valFile, truth, wanted, options.size);
  }
  const source = { root: dir, key, channels, size: options.size, total: undefined, images } as const;
  const store = await openStore(source, options);
  const layout = layoutOf(store.paths, synsets);
  const sources = { name, root: dir, layout: nameSynsets(layout), normalization: IMAGENET_NORMALIZATION };
  const parts = partsOfStore(store, [layout.train, layout.test]);
  return datasetOf(sources, parts, options) as TestedDataset; // it has a test part
}

/** The images of the wanted synsets, one inner archive after the other. The others are not read. */
async function* trainImages(file: string, wanted: ReadonlySet<string>, size: number): AsyncGenerator<Incoming> {
  for (const member of await tarMembers(file)) {
    const synset = member.path.replace(/\.tar$/, "");
    if (!wanted.has(synset)) continue;
    const limits = { maxBytes: member.size, maxFileBytes: MAX_IMAGE_BYTES, want: isImagePath, member };
    for await (const { path, bytes } of readArchive(file, limits)) {
      if (!isImagePath(path)) continue;
      const where = `${file}: ${member.path}: ${path}`;
      yield { path: `train/${synset}/${path}`, decode: () => decodeImage(where, bytes, size) };
    }
  }
}

/** The images of the wanted synsets, whose names give their line in the ground truth. */
async function* valImages(
  file: string,
  truth: readonly string[],
  wanted: ReadonlySet<string>,
  size: number,
): AsyncGenerator<Incoming> {
  const images = (await tarMembers(file)).filter(({ path }) => isImagePath(path));
  if (images.length !== truth.length) {
    throw new DatadamError(
      "INVALID_DATA",
      `"${file}" holds ${images.length} images, but the ground truth has ${truth.length} lines.`,
    );
  }
  for (const member of images) {
    const synset = truth[numberOf(file, member) - 1];
    if (synset === undefined || !wanted.has(synset)) continue;
    const name = member.path.slice(member.path.lastIndexOf("/") + 1);
    const where = `${file}: ${member.path}`;
    const decode = async () => decodeImage(where, await readMember(file, member), size);
    yield { path: `val/${synset}/${name}`, decode };
  }
}

function numberOf(file: string, { path }: TarMember): number {
  const digits = /_(\d{8})\.\w+$/.exec(path)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new DatadamError("INVALID_DATA", `"${file}: ${path}" is not named as ILSVRC2012_val_00000001.JPEG.`);
}

function layoutOf(paths: readonly string[], synsets: readonly string[]): Layout & { test: Layout["train"] } {
  const part = (name: string): string[][] => {
    const found = new Map(synsets.map((synset) => [synset, [] as string[]]));
    for (const path of paths) {
      const [folder, synset] = path.split("/");
      if (folder === name) found.get(synset)?.push(path);
    }
    return [...found.values()].map((files) => files.sort());
  };
  return { classNames: synsets, train: part("train"), test: part("val"), ignored: [] };
}
