// CIFAR-10 as published: six files of 10,000 images, in the binary or the Python version.

import type { TestedDataset } from "../../images/types.ts";
import { cifarFacts, cifarFiles, isPython, joinBatches, readCifar, type Versions } from "./cifar.ts";
import { requireFiles } from "./published.ts";
import { namedSet } from "./set.ts";

const PYTHON = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`).concat("test_batch");
const BINARY = PYTHON.map((name) => `${name}.bin`);
const VERSIONS: Versions = {
  binary: { batches: BINARY, names: "batches.meta.txt" },
  python: { batches: PYTHON, names: "batches.meta", key: "label_names" },
  labels: { bytes: 1, byte: 0, key: "labels", classes: 10 },
  records: 10_000,
};
const CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/** The constants that dataset distillation code uses, the authors' among it. */
const NORMALIZATION = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] };

const CIFAR10 = cifarFiles("cifar-10", {
  name: "cifar10",
  title: "CIFAR-10",
  files: [...BINARY, "batches.meta.txt", ...PYTHON, "batches.meta"],
  folders: ["cifar-10-batches-bin", "cifar-10-batches-py"],
  maxFileBytes: 64e6,
});

export const cifar10 = namedSet({
  name: "cifar10",
  ...cifarFacts(CIFAR10, { bytes: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530" }),
  takes: [],
  telltale: /^data_batch_1(\.bin)?$/,
  load: ({ dir, maxArchiveBytes }) => loadCifar10(dir, maxArchiveBytes),
});

/**
 * @param dir the folder that holds the six files, or the folder or archive of them; or `cifar-10-binary.tar.gz` or
 *   `cifar-10-python.tar.gz` itself, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one
 *   is damaged
 */
async function loadCifar10(dir: string | undefined, maxArchiveBytes: number): Promise<TestedDataset> {
  const { batches, classNames } = await readCifar(CIFAR10, VERSIONS, dir, maxArchiveBytes);
  const names = isPython(batches) ? PYTHON : BINARY;
  requireFiles(CIFAR10, dir, names, batches);
  const part = (name: string, files: readonly string[]) =>
    joinBatches(
      `cifar10/${name}`,
      files.map((file) => batches.get(file)!),
      [...classNames.values()].at(-1) ?? CLASS_NAMES,
      NORMALIZATION,
    );
  return { name: "cifar10", train: part("train", names.slice(0, 5)), test: part("test", names.slice(5)) };
}
