import type { TestedDataset } from "../images/types.ts";
import { type ImagenetSubset } from "./imagenetSubsets.ts";
import { type DatasetOptions } from "./options.ts";
/** Where ImageNet comes from. */
export declare const IMAGENET_URL: string;
/**
 * Classes in the order of their synsets, or of the subset; the validation part is the test part. Fewer classes or images than the
 * published ones are accepted, but for a subset, whose classes are counted among all.
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is another set
 */
export declare function loadImagenet(options: DatasetOptions, subset?: ImagenetSubset): Promise<TestedDataset>;
//# sourceMappingURL=imagenet1k.d.ts.map