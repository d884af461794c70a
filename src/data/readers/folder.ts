// Folders of class folders of images, on the disk or in an archive, to a data set.

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import { kindOf, refused } from "../archives/archiveFile.ts";
import { readTar } from "../archives/tar.ts";
import { zipTree } from "../archives/zip.ts";
import { decodeImage } from "../decode/decode.ts";
import type { ResolvedOptions } from "../options.ts";
import { nameSynsets } from "../sets/imagenet/imagenet.ts";
import { assemble, MAX_IMAGE_BYTES, type Sources } from "../store/assemble.ts";
import { findClasses, type Layout } from "./layout.ts";
import type { Place } from "./locate.ts";
import { TITLES } from "./mislabelled.ts";
import { loadParquet, parquetsOf, wordsOf } from "./parquet.ts";
import { diskTree, type FileTree } from "./tree.ts";
import { isWebDataset, loadShard, loadShards, shardsOf } from "./webdataset.ts";

/** The files of a folder or of a zip archive. @throws DatadamError as {@link diskTree} and {@link zipTree} */
export async function openTree({ path, isFolder }: Place, { maxArchiveBytes }: ResolvedOptions): Promise<FileTree> {
  if (isFolder) return diskTree(path);
  const kind = await kindOf(path);
  if (kind !== undefined && kind !== "zip") throw refused(path, `it is ${TITLES[kind]}, not a zip archive`);
  return zipTree(path, { maxBytes: maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES });
}

/** The images of a tree. */
export function imagesOf(tree: FileTree, size: number): Pick<Sources, "image" | "stamp"> {
  return {
    image: async (path) => decodeImage(tree.where(path), await tree.read(path), size),
    stamp: tree.stamp,
  };
}

/** What is known of a certain set. */
interface Knowledge extends Pick<Sources, "normalization"> {
  /** Checks the layout and names its classes. Default {@link nameSynsets}. */
  readonly arrange?: (layout: Layout) => Layout;
}

/**
 * Loads class folders of a folder, or of an archive (zip or tar) without unpacking it to the disk. Where nothing is known of the set,
 * it may also be a WebDataset: a tar with labels beside its images, or a folder of such; or a folder of Parquet files. See `loadDataset`.
 */
export async function loadFolder(
  name: string,
  place: Place,
  options: ResolvedOptions,
  knowledge?: Knowledge,
): Promise<Dataset> {
  const root = place.path;
  const { arrange = nameSynsets, ...known } = knowledge ?? {};
  if (!place.isFolder && (await kindOf(root)) !== "zip") {
    const tar = await readTar(root, options);
    if (knowledge === undefined && isWebDataset(tar)) return loadShard(name, tar, options);
    const layout = arrange(findClasses(root, tar.files, tar.folders));
    return assemble({ name, root, layout, image: async (path) => tar.images.get(path)!, ...known }, options);
  }
  const tree = await openTree(place, options);
  try {
    refuseTinyImagenet(tree);
    const shards = knowledge === undefined && place.isFolder ? shardsOf(tree) : [];
    if (shards.length > 0) return await loadShards(name, tree, shards, options);
    const parquets = knowledge === undefined && place.isFolder ? parquetsOf(tree) : [];
    if (parquets.length > 0) {
      const files = parquets.map((path) => ({ path: tree.where(path), words: wordsOf(path) }));
      return await loadParquet(name, root, files, options);
    }
    const layout = arrange(findClasses(root, tree.files, tree.folders));
    return await assemble({ name, root, layout, ...imagesOf(tree, options.size), ...known }, options);
  } finally {
    await tree.close();
  }
}

function refuseTinyImagenet({ root, files }: FileTree): void {
  if (!files.some((path) => /(^|\/)wnids\.txt$/.test(path))) return;
  throw new DatadamError("INVALID_OPTION", `"${root}" holds Tiny ImageNet, not class folders of images.`, {
    hint: `Load the data set tiny-imagenet with this as its place: --dataset tiny-imagenet --data-dir ${root}`,
  });
}
