import type { Dataset } from "../images/types.ts";
import type { FolderOptions } from "./options.ts";
/**
 * Loads the images that a CSV file names: columns `path`, `label` and, if it likes, `split` (`train` or `test`), in any order under a
 * header that names them (other columns are left out), or in this order without one. Paths are relative to the file's folder, or
 * absolute; spaces around fields are dropped. Images keep the order of the lines within their class.
 * @throws DatadamError INVALID_DATA with the line
 */
export declare function loadTable(name: string, file: string, options: FolderOptions): Promise<Dataset>;
//# sourceMappingURL=table.d.ts.map