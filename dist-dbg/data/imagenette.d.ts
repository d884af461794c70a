import type { TestedDataset } from "../images/types.ts";
import { type Synsets } from "./imagenet.ts";
import { type DatasetOptions } from "./options.ts";
/** Where both come from. */
export declare const IMAGENETTE_URL: string;
/**
 * Classes in the order of their synsets, `val/` as the test part; grey images become RGB. Fewer classes or images are accepted.
 * @param archive the published name without its extension: `imagenette2` for `imagenette2.tgz`, `imagenette2-320.tgz`, ...
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is another set
 */
export declare function loadImagenette(name: string, archive: string, synsets: Synsets, options: DatasetOptions): Promise<TestedDataset>;
//# sourceMappingURL=imagenette.d.ts.map