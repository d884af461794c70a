import type { Dataset } from "../images/types.ts";
import type { FolderOptions } from "./options.ts";
import type { FileTree } from "./tree.ts";
/** The Parquet files of a folder that holds no images. Empty where there are none. */
export declare function parquetsOf(tree: FileTree): string[];
/**
 * Loads one file, or all of a folder as one set. In a folder, a word test, val, valid or validation in a path (`test-00000-of-00001`)
 * makes a file one of the test part; where there are several of these parts, the first that is there is taken.
 * The label is the column `label`, else `fine_label`, else `coarse_label`; its names are those of the metadata, else the labels.
 * @throws DatadamError IO, INVALID_DATA with the file, and the row where there is one
 */
export declare function loadParquet(name: string, root: string, files: readonly {
    readonly path: string;
    readonly words: readonly string[];
}[], options: FolderOptions): Promise<Dataset>;
/** The words of a path below the folder, in lower case. */
export declare function wordsOf(path: string): string[];
//# sourceMappingURL=parquet.d.ts.map