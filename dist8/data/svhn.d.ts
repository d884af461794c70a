import type { TestedDataset } from "../images/types.ts";
/**
 * The label 10 of the files, which stands for the digit 0, becomes 0.
 * @param dir the folder that holds `train_32x32.mat` and `test_32x32.mat`, or a folder with that inside
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged
 */
export declare function loadSvhn(dir: string | undefined, maxBytes: number): Promise<TestedDataset>;
//# sourceMappingURL=svhn.d.ts.map