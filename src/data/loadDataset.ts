// From a name or a path to a data set: picks the adapter.

import { basename, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import type { Dataset, TestedDataset } from "../images/types.ts";
import { loadBuiltin } from "./builtin.ts";
import { CIFAR10_URL, loadCifar10 } from "./cifar10.ts";
import { loadFolder } from "./folder.ts";
import { IMAGENETTE, IMAGEWOOF } from "./imagenet.ts";
import { IMAGENETTE_URL, loadImagenette } from "./imagenette.ts";
import { placeAt } from "./locate.ts";
import { type DatasetOptions, folderOptions, refuseFolderOptions } from "./options.ts";
import { loadParquet } from "./parquet.ts";
import { loadTable } from "./table.ts";
import { loadTinyImagenet, TINY_IMAGENET_URL } from "./tinyImagenet.ts";

/** A data set that is known by name. */
interface NamedSet {
  /** What it is and where it comes from, in a line. */
  readonly about: string;
  readonly load: (options: DatasetOptions) => Promise<TestedDataset>;
  /** Whether it is made of image files, so that it takes `size` and `channels`. */
  readonly resizes?: true;
}

const NAMED: Readonly<Record<DatasetName, NamedSet>> = {
  builtin: {
    about: "the letters A to J in free fonts, 32 x 32 grey, 2500 training and 600 test images; comes with the package",
    load: () => loadBuiltin(),
  },
  cifar10: {
    about: `CIFAR-10, 32 x 32 RGB, 50,000 training and 10,000 test images; binary version from ${CIFAR10_URL}`,
    load: (options) => loadCifar10(options.dir, folderOptions(options).maxArchiveBytes),
  },
  "tiny-imagenet": {
    about: `Tiny ImageNet, 64 x 64 RGB, 100,000 training and 10,000 validation images of 200 classes; from ${TINY_IMAGENET_URL}`,
    load: loadTinyImagenet,
    resizes: true,
  },
  imagenette: {
    about: `ImageNette, ten easy classes of ImageNet, scaled to 128 x 128 RGB; from ${IMAGENETTE_URL}`,
    load: (options) => loadImagenette("imagenette", "imagenette2", IMAGENETTE, options),
    resizes: true,
  },
  imagewoof: {
    about: `ImageWoof, ten breeds of dogs of ImageNet, scaled to 128 x 128 RGB; from ${IMAGENETTE_URL}`,
    load: (options) => loadImagenette("imagewoof", "imagewoof2", IMAGEWOOF, options),
    resizes: true,
  },
};

/** A name that {@link loadDataset} knows. */
export type DatasetName = "builtin" | "cifar10" | "tiny-imagenet" | "imagenette" | "imagewoof";

/** The names that {@link loadDataset} knows, with what they stand for. */
export const datasets: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAMED).map(([name, { about }]) => [name, about]),
);

/**
 * Loads a data set into (shared) memory. Equal files and options give equal bytes.
 *
 * A path is a folder of class folders of PNG, JPEG or WebP images (a class is named by its folder), or of `train/` and `test/`
 * (or `val/`) folders of such, or an archive of either: zip, or tar, plain or gzipped; or a .csv file of `path,label` lines;
 * or WebDataset shards: a tar of `1.jpg` and `1.cls` (or `1.json`), or a folder of such; or Parquet files as Hugging Face exports
 * image sets, one or a folder of them. The shorter side of every image is scaled to `size` and its central square cut out. Paths
 * are sorted, so the order does not depend on the disk.
 *
 * @param nameOrPath a known name (all but `builtin` need `dir`), or a path
 * @throws DatadamError DATASET_NOT_FOUND where there is nothing; INVALID_DATA, with the path, where something is damaged;
 *   INVALID_OPTION
 */
export async function loadDataset(name: DatasetName, options?: DatasetOptions): Promise<TestedDataset>;
export async function loadDataset(nameOrPath: string, options?: DatasetOptions): Promise<Dataset>;
export async function loadDataset(nameOrPath: string, options: DatasetOptions = {}): Promise<Dataset> {
  const named = Object.hasOwn(NAMED, nameOrPath) ? NAMED[nameOrPath as DatasetName] : undefined;
  if (named !== undefined) {
    refuseFolderOptions(nameOrPath, options, named.resizes ?? false);
    return named.load(options);
  }
  const checked = folderOptions(options);
  const place = await placeAt(nameOrPath);
  if (place === undefined) {
    throw new DatadamError(
      "DATASET_NOT_FOUND",
      `There is no data set "${nameOrPath}", and no file or folder of that name.`,
      {
        hint: `Known data sets: ${Object.keys(datasets).join(", ")}. Or give a path to a folder that holds one folder of images per class.`,
      },
    );
  }
  const name = basename(resolve(nameOrPath)).replace(/\.(tar\.gz|tgz|tar|zip|csv|parquet)$/i, "");
  if ((await placeAt(join(nameOrPath, "data_batch_1.bin")))?.isFolder === false) {
    throw new DatadamError(
      "INVALID_OPTION",
      `"${nameOrPath}" holds CIFAR-10 in its binary form, not folders of images.`,
      {
        hint: `Load the data set cifar10 with this folder as its place: --dataset cifar10 --data-dir ${nameOrPath}`,
      },
    );
  }
  if (!place.isFolder && /\.csv$/i.test(nameOrPath)) return loadTable(name, nameOrPath, checked);
  if (!place.isFolder && /\.parquet$/i.test(nameOrPath)) {
    return loadParquet(name, nameOrPath, [{ path: nameOrPath, words: [] }], checked);
  }
  return loadFolder(name, place, checked);
}
