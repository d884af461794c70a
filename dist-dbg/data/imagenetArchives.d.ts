import type { TestedDataset } from "../images/types.ts";
import { type ImagenetSubset } from "./imagenetSubsets.ts";
import type { FolderOptions } from "./options.ts";
/** A tar of tars, one a synset: `n01440764.tar` holds `n01440764_10026.JPEG`. */
export declare const TRAIN_ARCHIVE = "ILSVRC2012_img_train.tar";
/** Loads the archives of the folder `dir`. See {@link readGroundTruth} for its lists. */
export declare function loadImagenetArchives(name: string, dir: string, subset: ImagenetSubset | undefined, options: FolderOptions): Promise<TestedDataset>;
//# sourceMappingURL=imagenetArchives.d.ts.map