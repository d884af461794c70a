// CIFAR-100 as published, in the binary or the Python version: every image has one of 100 fine and one of 20 coarse
// labels.

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

const LABELS: Readonly<Record<"fine" | "coarse", Labels>> = {
  coarse: { bytes: 2, byte: 0, key: "coarse_labels", classes: 20 },
  fine: { bytes: 2, byte: 1, key: "fine_labels", classes: 100 },
};
const NORMALIZATION = { mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762] };

const CIFAR100: Published = {
  name: "cifar100",
  title: "CIFAR-100",
  files: ["train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt", "train", "test", "meta"],
  folders: ["cifar-100-binary", "cifar-100-python"],
  archives: ["cifar-100-binary.tar.gz", "cifar-100-python.tar.gz"],
  maxFileBytes: 320e6,
  hint: getHint("cifar-100-binary.tar.gz or cifar-100-python.tar.gz", CIFAR_URL),
};

export const cifar100 = namedSet({
  name: "cifar100",
  about: `CIFAR-100, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
  counts: [50_000, 10_000],
  takes: ["labels"],
  telltale: /^fine_label_names\.txt$/,
  downloads: [
    {
      url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
      bytes: 168_513_733,
      md5: "03b5dce01913d631647c71ecec9e9cb8",
    },
  ],
  load: ({ dir, labels, maxArchiveBytes }) => loadCifar100(dir, labels, maxArchiveBytes),
});

/**
 * @param dir the folder that holds `train.bin` and `test.bin` or `train` and `test`, with their names of classes; or
 *   the folder or archive of them; or the archive itself, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one
 *   is damaged
 */
async function loadCifar100(
  dir: string | undefined,
  kind: "fine" | "coarse",
  maxArchiveBytes: number,
): Promise<TestedDataset> {
  const labels = LABELS[kind];
  const textFile = `${kind}_label_names.txt`;
  const batches = new Map<string, Batch>();
  const classNames = new Map<string, string[]>();
  for await (const file of publishedFiles(CIFAR100, dir, maxArchiveBytes)) {
    const { name } = file;
    if (name === textFile) classNames.set(name, readNames(CIFAR100, file, labels.classes));
    else if (name === "meta") {
      classNames.set(name, readPickledNames(CIFAR100, file, `${kind}_label_names`, labels.classes));
    } else if (name.endsWith(".bin")) batches.set(name, readRecords(CIFAR100, file, labels));
    else if (name === "train" || name === "test") batches.set(name, readPickledBatch(CIFAR100, file, labels));
  }
  const [train, test, names] = isPython(batches) ? ["train", "test", "meta"] : ["train.bin", "test.bin", textFile];
  requireFiles(CIFAR100, dir, [train, test, names], new Map<string, unknown>([...batches, ...classNames]));
  const part = (name: string, file: string) =>
    joinBatches(`cifar100/${name}`, [batches.get(file)!], classNames.get(names)!, NORMALIZATION);
  return { name: "cifar100", train: part("train", train), test: part("test", test) };
}
