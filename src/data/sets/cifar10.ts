// CIFAR-10 on the disk: a folder that holds the six files, or the folder or archive of them; or its archive itself,
// `cifar-10-binary.tar.gz` or `cifar-10-python.tar.gz`, packed or not.

import { cifarFacts } from "./cifar.ts";
import { CIFAR10, readCifar10 } from "./cifar10Files.ts";
import { publishedFiles } from "./published.ts";
import { namedSet } from "./set.ts";

export const cifar10 = namedSet({
  name: "cifar10",
  ...cifarFacts(CIFAR10, { bytes: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530" }),
  takes: [],
  telltale: /^data_batch_1(\.bin)?$/,
  load: ({ dir, maxArchiveBytes }) => readCifar10(publishedFiles(CIFAR10, dir, maxArchiveBytes), dir),
});
