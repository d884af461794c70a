// ImageNet-1K: as train/<synset>/ and val/<synset>/ folders, or as the archives that are published.
// https://image-net.org

import { join } from "node:path";
import { DatadamError } from "../../../errors.ts";
import type { TestedDataset } from "../../../images/types.ts";
import type { Layout } from "../../layout/layout.ts";
import { nameSynsets } from "../../layout/synsets.ts";
import type { ResolvedOptions } from "../../options.ts";
import { loadPlace } from "../../readers/folder.ts";
import { locate, placeAt } from "../../readers/locate.ts";
import { type NamedSet, namedSet, OF_IMAGE_FILES } from "../set.ts";
import { loadImagenetArchives, TRAIN_ARCHIVE } from "./archives.ts";
import { IMAGENET_NORMALIZATION } from "./normalization.ts";
import { IMAGENET_SUBSETS, type ImagenetSubset, pickClasses, SUBSET_NAMES, subsetOf } from "./subsets.ts";

const URL = "https://image-net.org";

const HINT =
  `Name as \`dir\` the folder that holds train/ and val/ with a folder for each synset, or ${TRAIN_ARCHIVE}, ` +
  "ILSVRC2012_img_val.tar, ILSVRC2012_validation_ground_truth.txt and synsets.txt.";

const COMMON = { takes: OF_IMAGE_FILES, defaults: { size: 64, channels: 3 } } as const;

export const imagenet = namedSet({
  ...COMMON,
  name: "imagenet",
  about: `ImageNet-1K (ILSVRC 2012), scaled to 64 x 64 RGB, class folders or the published archives; from ${URL}`,
  load: (options) => loadImagenet(options),
});

/** Ten classes of it each. */
export const imagenetSubsets: readonly NamedSet<`imagenet:${ImagenetSubset}`>[] = SUBSET_NAMES.map((subset) => ({
  ...COMMON,
  name: `imagenet:${subset}`,
  about: `ten classes of ImageNet-1K, ${IMAGENET_SUBSETS[subset][0]}, scaled to 64 x 64 RGB; lies where imagenet does`,
  load: (options) => loadImagenet(options, subset),
}));

/**
 * Classes in the order of their synsets, or of the subset; the validation part is the test part. Fewer classes or
 * images than the published ones are accepted, but for a subset, whose classes are counted among all.
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is
 *   another set
 */
async function loadImagenet(options: ResolvedOptions, subset?: ImagenetSubset): Promise<TestedDataset> {
  const name = subset === undefined ? "imagenet" : `imagenet:${subset}`;
  const place = await locate(name, options.dir, [], HINT);
  if (place.isFolder && (await placeAt(join(place.path, TRAIN_ARCHIVE))) !== undefined) {
    return loadImagenetArchives(name, place.path, subset, options);
  }
  const arrange = (layout: Layout): Layout => {
    const other = layout.classNames.find((synset) => !/^n\d{8}$/.test(synset));
    const wrong = other === undefined ? "no val/ folder" : `the class "${other}", which is not a synset`;
    if (other !== undefined || layout.test === undefined) {
      throw new DatadamError("INVALID_DATA", `"${place.path}" is not ${name}: it has ${wrong}.`, { hint: HINT });
    }
    if (subset === undefined) return nameSynsets(layout);
    return nameSynsets(pickClasses(layout, subsetOf(place.path, layout.classNames, subset)));
  };
  const normalization = IMAGENET_NORMALIZATION;
  return (await loadPlace(name, place, options, { arrange, normalization })) as TestedDataset; // `arrange` saw to it
}
