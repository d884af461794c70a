// From a name or a path to a data set: picks the adapter.

import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import type { Dataset, TestedDataset } from "../images/types.ts";
import { loadBuiltin } from "./builtin.ts";
import { CIFAR_URL } from "./cifar.ts";
import { loadCifar10 } from "./cifar10.ts";
import { loadCifar100 } from "./cifar100.ts";
import { loadArchive, loadFolder } from "./folder.ts";
import { loadMnist } from "./mnist.ts";
import { type EmnistName, MNIST_SETS } from "./mnistSets.ts";
import { loadNpz } from "./npz.ts";
import { type DatasetOptions, folderOptions, refuseOptions } from "./options.ts";
import { loadSvhn } from "./svhn.ts";

/** The data sets that are known by name. All but `builtin` need `dir`. */
export type DatasetName =
  | "builtin"
  | "cifar10"
  | "cifar100"
  | "mnist"
  | "fashion-mnist"
  | "kmnist"
  | EmnistName
  | "svhn";

/** A data set that is known by name. */
interface NamedSet {
  /** What it is and where it comes from, in a line. */
  readonly about: string;
  /** How many training and test images it has as published. */
  readonly counts: readonly [train: number, test: number];
  readonly load: (options: DatasetOptions) => Promise<TestedDataset>;
}

const NAMED: Readonly<Record<DatasetName, NamedSet>> = {
  builtin: {
    about: "the letters A to J in free fonts, 32 x 32 grey, 2500 training and 600 test images; comes with the package",
    counts: [2500, 600],
    load: () => loadBuiltin(),
  },
  cifar10: {
    about: `CIFAR-10, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
    counts: [50_000, 10_000],
    load: (options) => loadCifar10(options.dir, maxBytes(options)),
  },
  cifar100: {
    about: `CIFAR-100, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
    counts: [50_000, 10_000],
    load: (options) => loadCifar100(options.dir, options.labels ?? "fine", maxBytes(options)),
  },
  mnist: mnist("mnist", [60_000, 10_000]),
  "fashion-mnist": mnist("fashion-mnist", [60_000, 10_000]),
  kmnist: mnist("kmnist", [60_000, 10_000]),
  "emnist-balanced": mnist("emnist-balanced", [112_800, 18_800]),
  "emnist-bymerge": mnist("emnist-bymerge", [697_932, 116_323]),
  "emnist-byclass": mnist("emnist-byclass", [697_932, 116_323]),
  "emnist-letters": mnist("emnist-letters", [124_800, 20_800]),
  "emnist-digits": mnist("emnist-digits", [240_000, 40_000]),
  "emnist-mnist": mnist("emnist-mnist", [60_000, 10_000]),
  svhn: {
    about:
      "SVHN, cropped digits, 32 x 32 RGB, 73,257 training and 26,032 test images; from http://ufldl.stanford.edu/housenumbers/",
    counts: [73_257, 26_032],
    load: (options) => loadSvhn(options.dir, maxBytes(options)),
  },
};

/** The names that {@link loadDataset} knows, with what they stand for. */
export const datasets: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAMED).map(([name, { about }]) => [name, about]),
);

/**
 * Loads a data set into (shared) memory. Equal files and options give equal bytes.
 *
 * A path is a folder of class folders of PNG, JPEG or WebP images (a class is named by its folder), or of `train/` and `test/`
 * (or `val/`) folders of such, or a tar archive of either, plain or gzipped. Every image is cut to its central square and
 * scaled to `size`. Paths are sorted, so the order does not depend on the disk.
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
  if (isName(nameOrPath)) {
    refuseOptions(nameOrPath, options, ["size", "channels", "split", "flippable"]);
    if (nameOrPath !== "cifar100") refuseOptions(nameOrPath, options, ["labels"]);
    const named = NAMED[nameOrPath];
    const dataset = await named.load(options);
    tellCounts(dataset, named.counts, options.onWarning);
    return dataset;
  }
  refuseOptions(nameOrPath, options, ["labels"]);
  const checked = folderOptions(options);
  const info = await stat(nameOrPath).catch(() => undefined);
  if (info === undefined) {
    throw new DatadamError(
      "DATASET_NOT_FOUND",
      `There is no data set "${nameOrPath}", and no file or folder of that name.`,
      {
        hint: `Known data sets: ${Object.keys(datasets).join(", ")}. Or give a path to a folder that holds one folder of images per class.`,
      },
    );
  }
  const name = basename(resolve(nameOrPath)).replace(/\.(tar\.gz|tgz|tar|npz)$/i, "");
  if (!info.isDirectory() && /\.npz$/i.test(nameOrPath)) {
    refuseOptions(nameOrPath, options, ["size", "channels"]);
    return loadNpz(name, nameOrPath, checked);
  }
  if (!info.isDirectory()) return loadArchive(name, nameOrPath, checked);
  for (const [file, known] of Object.entries(TELLTALE)) {
    if (!(await isFile(join(nameOrPath, file)))) continue;
    throw new DatadamError("INVALID_OPTION", `"${nameOrPath}" holds ${known} as published, not folders of images.`, {
      hint: `Load the data set ${known} with this folder as its place: --dataset ${known} --data-dir ${nameOrPath}`,
    });
  }
  return loadFolder(name, nameOrPath, checked);
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

function mnist(name: keyof typeof MNIST_SETS, counts: NamedSet["counts"]): NamedSet {
  const { title, url } = MNIST_SETS[name];
  const [train, test] = counts.map((n) => n.toLocaleString("en"));
  return {
    about: `${title}, 28 x 28 grey, ${train} training and ${test} test images; from ${url}`,
    counts,
    load: (options) => loadMnist(MNIST_SETS[name], options.dir, maxBytes(options)),
  };
}

function isName(text: string): text is DatasetName {
  return Object.hasOwn(NAMED, text);
}

function maxBytes(options: DatasetOptions): number {
  return folderOptions(options).maxArchiveBytes;
}

function tellCounts(
  { train, test }: TestedDataset,
  counts: NamedSet["counts"],
  tell?: (message: string) => void,
): void {
  for (const [i, { name, count }] of [train, test].entries()) {
    if (count !== counts[i]) tell?.(`${name} has ${count} images here; as published it has ${counts[i]}.`);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
