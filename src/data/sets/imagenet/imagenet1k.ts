// ImageNet-1K: as train/<synset>/ and val/<synset>/ folders, or as the archives that are published. https://image-net.org

import { join } from "node:path";
import { DatadamError } from "../../../errors.ts";
import type { TestedDataset } from "../../../images/types.ts";
import { type DatasetOptions, resolveOptions } from "../../options.ts";
import { loadFolder } from "../../readers/folder.ts";
import type { Layout } from "../../readers/layout.ts";
import { locate, placeAt } from "../../readers/locate.ts";
import { loadImagenetArchives, TRAIN_ARCHIVE } from "./archives.ts";
import { IMAGENET_NORMALIZATION, nameSynsets } from "./imagenet.ts";
import { type ImagenetSubset, pickClasses, subsetOf } from "./subsets.ts";

/** Where ImageNet comes from. */
export const IMAGENET_URL: string = "https://image-net.org";

const SIZE = 64;
const HINT =
  `Name with --data-dir the folder that holds train/ and val/ with a folder for each synset, or ${TRAIN_ARCHIVE}, ` +
  "ILSVRC2012_img_val.tar, ILSVRC2012_validation_ground_truth.txt and synsets.txt.";

/**
 * Classes in the order of their synsets, or of the subset; the validation part is the test part. Fewer classes or images than the
 * published ones are accepted, but for a subset, whose classes are counted among all.
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is another set
 */
export async function loadImagenet(options: DatasetOptions, subset?: ImagenetSubset): Promise<TestedDataset> {
  const name = subset === undefined ? "imagenet" : `imagenet:${subset}`;
  const checked = resolveOptions(options, { size: SIZE, channels: 3 });
  const place = await locate(name, options.dir, [], HINT);
  if (place.isFolder && (await placeAt(join(place.path, TRAIN_ARCHIVE))) !== undefined) {
    return loadImagenetArchives(name, place.path, subset, checked);
  }
  const arrange = (layout: Layout): Layout => {
    const other = layout.classNames.find((synset) => !/^n\d{8}$/.test(synset));
    const wrong = other === undefined ? "no val/ folder" : `the class "${other}", which is no synset`;
    if (other !== undefined || layout.test === undefined) {
      throw new DatadamError("INVALID_DATA", `"${place.path}" is not ${name}: it has ${wrong}.`, { hint: HINT });
    }
    if (subset === undefined) return nameSynsets(layout);
    return nameSynsets(pickClasses(layout, subsetOf(place.path, layout.classNames, subset)));
  };
  const normalization = IMAGENET_NORMALIZATION;
  return (await loadFolder(name, place, checked, { arrange, normalization })) as TestedDataset; // `arrange` saw to it
}
