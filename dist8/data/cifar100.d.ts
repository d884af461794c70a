import type { TestedDataset } from "../images/types.ts";
/**
 * @param dir the folder that holds `train.bin` and `test.bin` or `train` and `test`, with their names of classes; or the folder or
 *   archive of them; or the archive itself, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged
 */
export declare function loadCifar100(dir: string | undefined, kind: "fine" | "coarse", maxArchiveBytes: number): Promise<TestedDataset>;
//# sourceMappingURL=cifar100.d.ts.map