import type { Dataset, TestedDataset } from "../images/types.ts";
import { type DatasetName } from "./named.ts";
import { type DatasetOptions } from "./options.ts";
/** The names that {@link loadDataset} knows, with what they stand for. */
export declare const datasets: Readonly<Record<string, string>>;
/**
 * Loads a data set into (shared) memory, or into a cache on the disk where it is large (see {@link DatasetOptions}). Equal files and options give equal bytes.
 *
 * A path is a folder of class folders of PNG, JPEG or WebP images (a class is named by its folder), or of `train/` and `test/`
 * (or `val/`) folders of such, or an archive of either: zip, or tar, plain or gzipped; or a .csv file of `path,label` lines;
 * or WebDataset shards: a tar of `1.jpg` and `1.cls` (or `1.json`), or a folder of such; or Parquet files as Hugging Face exports
 * image sets, one or a folder of them. The shorter side of every image is scaled to `size` and its central square cut out. Paths
 * are sorted, so the order does not depend on the disk.
 *
 * An `.npz` file holds `x_train` (uint8 [n, height, width], or with 1 or 3 channels in front or at the end), `y_train` (n integers from
 * 0) and perhaps `x_test` and `y_test`; or MedMNIST's `train_images`, `train_labels`, `test_images` and `test_labels`.
 *
 * @param nameOrPath a {@link DatasetName} (all but `builtin` need `dir`), or a path
 * @throws DatadamError DATASET_NOT_FOUND where there is nothing; INVALID_DATA, with the path, where something is damaged;
 *   INVALID_OPTION
 */
export declare function loadDataset(name: DatasetName, options?: DatasetOptions): Promise<TestedDataset>;
export declare function loadDataset(nameOrPath: string, options?: DatasetOptions): Promise<Dataset>;
//# sourceMappingURL=loadDataset.d.ts.map