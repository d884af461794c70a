// CIFAR-100 as published, in the binary or the Python version: every image has one of 100 fine and one of 20 coarse
// labels.

import type { TestedDataset } from "../../images/types.ts";
import { cifarFacts, cifarFiles, isPython, joinBatches, type Labels, readCifar } from "./cifar.ts";
import { publishedFiles } from "./published.ts";
import { requireFiles } from "./publishedSet.ts";
import { namedSet } from "./set.ts";

const LABELS: Readonly<Record<"fine" | "coarse", Labels>> = {
  coarse: { bytes: 2, byte: 0, key: "coarse_labels", classes: 20 },
  fine: { bytes: 2, byte: 1, key: "fine_labels", classes: 100 },
};
const NORMALIZATION = { mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762] };

const CIFAR100 = cifarFiles("cifar-100", {
  name: "cifar100",
  title: "CIFAR-100",
  files: ["train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt", "train", "test", "meta"],
  folders: ["cifar-100-binary", "cifar-100-python"],
  maxFileBytes: 320e6,
});

export const cifar100 = namedSet({
  name: "cifar100",
  ...cifarFacts(CIFAR100, { bytes: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8" }),
  takes: ["labels"],
  telltale: /^fine_label_names\.txt$/,
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
  const versions = {
    binary: { batches: ["train.bin", "test.bin"], names: `${kind}_label_names.txt` },
    python: { batches: ["train", "test"], names: "meta", key: `${kind}_label_names` },
    labels: LABELS[kind],
  };
  const { batches, classNames } = await readCifar(CIFAR100, versions, publishedFiles(CIFAR100, dir, maxArchiveBytes));
  const version = isPython(batches) ? versions.python : versions.binary;
  const [train, test] = version.batches;
  requireFiles(
    CIFAR100,
    dir,
    [...version.batches, version.names],
    new Map<string, unknown>([...batches, ...classNames]),
  );
  const part = (name: string, file: string) =>
    joinBatches(`cifar100/${name}`, [batches.get(file)!], classNames.get(version.names)!, NORMALIZATION);
  return { name: "cifar100", train: part("train", train!), test: part("test", test!) };
}
