import type { TestedDataset } from "../images/types.ts";
/**
 * @param dir the folder that holds the six files, or the folder or archive of them; or `cifar-10-binary.tar.gz` or
 *   `cifar-10-python.tar.gz` itself, packed or not
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged
 */
export declare function loadCifar10(dir: string | undefined, maxArchiveBytes: number): Promise<TestedDataset>;
//# sourceMappingURL=cifar10.d.ts.map