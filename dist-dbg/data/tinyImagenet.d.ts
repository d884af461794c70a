import type { TestedDataset } from "../images/types.ts";
import { type DatasetOptions } from "./options.ts";
/** Where Tiny ImageNet comes from. */
export declare const TINY_IMAGENET_URL: string;
/**
 * Classes in the order of `wnids.txt`, named by the first name in `words.txt`; grey images become RGB. Fewer classes or images than
 * the published ones are accepted, as long as the lists and the images agree.
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where the set is not there, INVALID_DATA where it is damaged
 */
export declare function loadTinyImagenet(options: DatasetOptions): Promise<TestedDataset>;
//# sourceMappingURL=tinyImagenet.d.ts.map