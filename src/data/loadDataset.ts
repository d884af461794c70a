// From a name or a path to a data set: picks the adapter.

import { basename, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import type { Dataset, TestedDataset } from "../images/types.ts";
import { type FileKind, kindOf } from "./archives/archiveFile.ts";
import { type DatasetOptions, resolveOptions } from "./options.ts";
import { loadFolder } from "./readers/folder.ts";
import { LAYOUT_HINT } from "./readers/layout.ts";
import { placeAt } from "./readers/locate.ts";
import { tellMislabelledArchive } from "./readers/mislabelled.ts";
import { loadNpz } from "./readers/npz.ts";
import { loadParquet } from "./readers/parquet.ts";
import { loadTable } from "./readers/table.ts";
import { assertTaken, type ReadingKey } from "./readingOptions.ts";
import { type DatasetName, isName, NAMED, type NamedSet } from "./sets/named.ts";

/** The options of sets that are made of image files. */
const OF_IMAGE_FILES: readonly ReadingKey[] = ["size", "channels", "store", "corrupt"];

/** The names that {@link loadDataset} knows, with what they stand for. */
export const datasets: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAMED).map(([name, { about }]) => [name, about]),
);

/**
 * Loads a data set into (shared) memory, or into a cache on the disk where it is large (see {@link DatasetOptions}). Equal files and options give equal bytes.
 *
 * A path is a folder of class folders of PNG, JPEG or WebP images (a class is named by its folder), or of `train/` and `test/`
 * (or `val/`) folders of such, or an archive of either: zip, or tar, plain or gzipped; or a .csv file of `path,label` lines;
 * or WebDataset shards: a tar of `1.jpg` and `1.cls` (or `1.json`), or a folder of such; or Parquet files as Hugging Face exports
 * image sets, one or a folder of them. The shorter side of every image is scaled to `size` and its central square cut out. Paths
 * are sorted, so the order does not depend on the disk.
 *
 * An `.npz` file holds `x_train` (uint8 [n, height, width], or with 1 or 3 channels in front or at the end), `y_train` (n integers from
 * 0) and perhaps `x_test` and `y_test`; or MedMNIST's `train_images`, `train_labels`, `test_images` and `test_labels`.
 *
 * @param nameOrPath a {@link DatasetName} (all but `builtin` need `dir`), or a path
 * @throws DatadamError DATASET_NOT_FOUND where there is nothing; INVALID_DATA, with the path, where something is damaged;
 *   INVALID_OPTION
 */
export async function loadDataset(name: DatasetName, options?: DatasetOptions): Promise<TestedDataset>;
export async function loadDataset(nameOrPath: string, options?: DatasetOptions): Promise<Dataset>;
export async function loadDataset(nameOrPath: string, options: DatasetOptions = {}): Promise<Dataset> {
  const checked = resolveOptions(options);
  if (isName(nameOrPath)) {
    const { resizes, load, counts } = NAMED[nameOrPath];
    const labels: readonly ReadingKey[] = nameOrPath === "cifar100" ? ["labels"] : [];
    assertTaken(nameOrPath, options, resizes ? OF_IMAGE_FILES : labels);
    const dataset = await load(options);
    tellCounts(dataset, counts, options.onWarning);
    return dataset;
  }
  assertTaken(nameOrPath, options, [...OF_IMAGE_FILES, "split", "flippable"]);
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
  const name = basename(resolve(nameOrPath)).replace(/\.(tar\.gz|tgz|tar|zip|csv|npz|parquet)$/i, "");
  if (!place.isFolder && /\.npz$/i.test(nameOrPath)) {
    assertTaken(nameOrPath, options, ["split", "flippable"]);
    return loadNpz(name, nameOrPath, checked);
  }
  if (!place.isFolder && /\.csv$/i.test(nameOrPath)) return loadTable(name, nameOrPath, checked);
  if (place.isFolder) await refusePublished(nameOrPath);
  else {
    const kind = await kindOf(nameOrPath);
    refuseOthers(nameOrPath, kind);
    tellMislabelledArchive(nameOrPath, kind, checked.onWarning);
    if (kind === "Parquet" || /\.parquet$/i.test(nameOrPath)) {
      return loadParquet(name, nameOrPath, [{ path: nameOrPath, words: [] }], checked);
    }
  }
  return loadFolder(name, place, checked);
}

/** @throws DatadamError INVALID_DATA where a file is an image, or neither its name nor how it begins tells of a data set */
function refuseOthers(file: string, kind: FileKind): void {
  if (kind !== "image" && (kind !== undefined || /\.(tar|tgz|tar\.gz|zip|parquet)$/i.test(file))) return;
  const what =
    kind === "image"
      ? "is a single image"
      : "is neither an archive (zip, tar, gzipped tar) nor a .csv, .npz or Parquet file";
  throw new DatadamError("INVALID_DATA", `"${file}" ${what}, so it is no data set.`, { hint: LAYOUT_HINT });
}

/** Files that give away a published set where a folder of images should be. */
const TELLTALE: Readonly<Record<string, DatasetName>> = {
  "data_batch_1.bin": "cifar10",
  data_batch_1: "cifar10",
  "fine_label_names.txt": "cifar100",
  "train-images-idx3-ubyte": "mnist",
  "train-images-idx3-ubyte.gz": "mnist",
  "train_32x32.mat": "svhn",
};

async function refusePublished(folder: string): Promise<void> {
  for (const [file, known] of Object.entries(TELLTALE)) {
    if ((await placeAt(join(folder, file)))?.isFolder !== false) continue;
    throw new DatadamError("INVALID_OPTION", `"${folder}" holds ${known} as published, not folders of images.`, {
      hint: `Load the data set ${known} with this folder as its place: --dataset ${known} --data-dir ${folder}`,
    });
  }
}

function tellCounts(
  { train, test }: TestedDataset,
  counts: NamedSet["counts"],
  tell?: (message: string) => void,
): void {
  for (const [i, { name, count }] of [train, test].entries()) {
    if (counts !== undefined && count !== counts[i]) {
      tell?.(`${name} has ${count} images here; as published it has ${counts[i]}.`);
    }
  }
}
