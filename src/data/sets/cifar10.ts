// CIFAR-10 as published: six files of 10,000 images, in the binary or the Python version.

import type { TestedDataset } from "../../images/types.ts";
import {
  type Batch,
  CIFAR_URL,
  isPython,
  joinBatches,
  type Labels,
  readNames,
  readPickledBatch,
  readPickledNames,
  readRecords,
} from "./cifar.ts";
import { getHint, type Published, publishedFiles, requireFiles } from "./published.ts";
import { namedSet } from "./set.ts";

const PYTHON = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`).concat("test_batch");
const BINARY = PYTHON.map((name) => `${name}.bin`);
const RECORDS = 10_000;
const LABELS: Labels = { bytes: 1, byte: 0, key: "labels", classes: 10 };
const CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/** The constants that dataset distillation code uses, the authors' among it. */
const NORMALIZATION = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] };

const CIFAR10: Published = {
  name: "cifar10",
  title: "CIFAR-10",
  files: [...BINARY, "batches.meta.txt", ...PYTHON, "batches.meta"],
  folders: ["cifar-10-batches-bin", "cifar-10-batches-py"],
  archives: ["cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"],
  maxFileBytes: 64e6,
  hint: getHint("cifar-10-binary.tar.gz or cifar-10-python.tar.gz", CIFAR_URL),
};

export const cifar10 = namedSet({
  name: "cifar10",
  about: `CIFAR-10, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
  counts: [50_000, 10_000],
  takes: [],
  telltale: /^data_batch_1(\.bin)?$/,
  downloads: [
    {
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      md5: "c32a1d4ab5d03f1284b67883e8d87530",
    },
  ],
  load: ({ dir, maxArchiveBytes }) => loadCifar10(dir, maxArchiveBytes),
});

/**
 * @param dir the folder that holds the six files, or the folder or archive of them; or `cifar-10-binary.tar.gz` or
 *   `cifar-10-python.tar.gz` itself, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one
 *   is damaged
 */
async function loadCifar10(dir: string | undefined, maxArchiveBytes: number): Promise<TestedDataset> {
  const batches = new Map<string, Batch>();
  let classNames = CLASS_NAMES;
  for await (const file of publishedFiles(CIFAR10, dir, maxArchiveBytes)) {
    if (file.name === "batches.meta.txt") classNames = readNames(CIFAR10, file, 10);
    else if (file.name === "batches.meta") classNames = readPickledNames(CIFAR10, file, "label_names", 10);
    else if (BINARY.includes(file.name)) batches.set(file.name, readRecords(CIFAR10, file, LABELS, RECORDS));
    else batches.set(file.name, readPickledBatch(CIFAR10, file, LABELS));
  }
  const names = isPython(batches) ? PYTHON : BINARY;
  requireFiles(CIFAR10, dir, names, batches);
  const part = (name: string, files: readonly string[]) =>
    joinBatches(
      `cifar10/${name}`,
      files.map((file) => batches.get(file)!),
      classNames,
      NORMALIZATION,
    );
  return { name: "cifar10", train: part("train", names.slice(0, 5)), test: part("test", names.slice(5)) };
}
