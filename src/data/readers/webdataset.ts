// WebDataset shards: tar archives in which the files of an example have the same name up to its first dot, as 17.jpg
// and 17.cls.
// https://github.com/webdataset/webdataset

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { isHidden } from "../layout/formats.ts";
import { layoutOfItems } from "../layout/items.ts";
import { isColumn, type PartName, partOfPath } from "../layout/words.ts";
import type { ResolvedOptions } from "../options.ts";
import { assemble } from "../store/assemble.ts";
import { picturesOf, warnOfPictures } from "./pictures.ts";
import { OF_COLUMNS, type Reader } from "./reader.ts";
import { readTarImages, type TarImages } from "./tars/images.ts";
import { imagesIn, type TarListing } from "./tars/listing.ts";
import { besideImages, isLabelled, keyOf, labelsOf, SHARD_HINT, type Unlabelled } from "./tars/shardLabels.ts";

/** An example whose label is not known yet. */
interface Example extends Unlabelled {
  readonly path: string;
  readonly part: PartName | undefined;
}

export const webDataset: Reader = {
  about: "a folder of WebDataset shards",
  endings: [],
  takes: OF_COLUMNS,
  recognises: async (source) => source.isFolder && shardsOf(await source.tree()).length > 0,
  async load(name, source, options) {
    const tree = await source.tree();
    warnOfPictures(tree, "shards", options);
    const images = await readTarImages(
      tree.root,
      shardsOf(tree).map((path) => tree.where(path)),
      options,
    );
    return loadShards(name, tree.root, images, options);
  },
};

/** The tar archives of a folder of shards. Empty where it is none. */
function shardsOf(tree: FileTree): string[] {
  const tars = tree.files.filter((path) => /\.(tar|tgz|tzst|tar\.(gz|zst|bz2|xz))$/i.test(path) && !isHidden(path));
  return tars.length > 0 && picturesOf(tree) !== "classes" ? tars.sort() : [];
}

/**
 * Loads shards. The part of a shard is what its name or a folder above it says ({@link partOfPath}); a single archive
 * has no parts. Shards for validation or testing without any label are left out, aloud.
 */
export function loadShards(
  name: string,
  root: string,
  { tars, idOf, sources }: TarImages,
  options: ResolvedOptions,
): Promise<Dataset> {
  const examples: Example[] = [];
  for (const tar of tars) {
    const part = tar.file === root ? undefined : partOfPath(tar.file.slice(root.length + 1).replaceAll("\\", "/"));
    if (isWebDataset(tar, options)) {
      for (const example of examplesOf(tar, part, options))
        examples.push({ ...example, path: idOf(tar, example.path) });
    } else if (part === undefined || part === "train") {
      throw invalid(`"${tar.file}" holds no images with labels (.cls or .json beside them).`);
    } else options.onWarning(`The images of "${tar.file}" have no labels and were left out`);
  }
  const labels = labelsOf(root, examples, options.onWarning);
  const items = examples.map(({ path, where, part }, i) => ({ path, where, part, label: labels[i] }));
  const layout = layoutOfItems(items, { root, hint: SHARD_HINT }, options);
  return assemble({ name, root, layout, ...sources }, options);
}

/** Whether some image of the archive has a label beside it, or all have texts and lie in one folder. */
export function isWebDataset(tar: TarListing, { labelColumn }: ResolvedOptions): boolean {
  const beside = besideImages(tar.texts, labelColumn);
  const images = imagesIn(tar);
  if (images.some((path) => isLabelled(beside(keyOf(path))))) return true;
  const folders = new Set(images.map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  return folders.size === 1 && images.every((path) => beside(keyOf(path)).text !== undefined);
}

function examplesOf(tar: TarListing, part: PartName | undefined, { labelColumn }: ResolvedOptions): Example[] {
  const beside = besideImages(tar.texts, labelColumn);
  const images = imagesIn(tar);
  const endingOf = (path: string) => path.slice(path.indexOf(".", path.lastIndexOf("/") + 1) + 1);
  const plain = new Set(images.filter((path) => !endingOf(path).includes(".")).map(keyOf));
  // 17.mask.png is not an example by itself, but 17.image.png may be one.
  const isExample = (path: string) => {
    const [kind, ...rest] = endingOf(path).split(".");
    return rest.length === 0 || (rest.length === 1 && isColumn(kind, "image") && !plain.has(keyOf(path)));
  };
  const seen = new Set<string>();
  return images.filter(isExample).map((path) => {
    const key = keyOf(path);
    const where = `"${tar.file}: ${path}"`;
    if (seen.has(key)) throw invalid(`${where} is the second image of "${key}".`);
    seen.add(key);
    return { path, part, where, key, beside: beside(key) };
  });
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint: SHARD_HINT });
}
