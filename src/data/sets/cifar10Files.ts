// CIFAR-10 as published: six files of 10,000 images, in the binary or the Python version.

import type { TestedDataset } from "../../images/types.ts";
import { cifarFiles, isPython, joinBatches, readCifar, type Versions } from "./cifar.ts";
import { type FoundFile, type Published, requireFiles } from "./publishedSet.ts";

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

export const CIFAR10: Published = cifarFiles("cifar-10", {
  name: "cifar10",
  title: "CIFAR-10",
  files: [...BINARY, "batches.meta.txt", ...PYTHON, "batches.meta"],
  folders: ["cifar-10-batches-bin", "cifar-10-batches-py"],
  maxFileBytes: 64e6,
});

/**
 * CIFAR-10 from its files, of either version.
 *
 * @param place names where the files are in messages
 * @throws DatadamError DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged, and what `files`
 *   throws
 */
export async function readCifar10(files: AsyncIterable<FoundFile>, place: string | undefined): Promise<TestedDataset> {
  const { batches, classNames } = await readCifar(CIFAR10, VERSIONS, files);
  const names = isPython(batches) ? PYTHON : BINARY;
  requireFiles(CIFAR10, place, names, batches);
  const part = (name: string, of: readonly string[]) =>
    joinBatches(
      `cifar10/${name}`,
      of.map((file) => batches.get(file)!),
      [...classNames.values()].at(-1) ?? CLASS_NAMES,
      NORMALIZATION,
    );
  return { name: "cifar10", train: part("train", names.slice(0, 5)), test: part("test", names.slice(5)) };
}
