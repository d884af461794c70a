// ImageNette and ImageWoof, ten easy and ten hard classes of ImageNet: train/<synset>/ and val/<synset>/, packed as a
// .tgz or not.
// https://github.com/fastai/imagenette

import { DatadamError } from "../../../errors.ts";
import type { TestedDataset } from "../../../images/types.ts";
import type { Layout } from "../../layout/layout.ts";
import { IMAGENETTE, IMAGEWOOF, nameSynsets, type Synsets } from "../../layout/synsets.ts";
import type { ResolvedOptions } from "../../options.ts";
import { loadPlace } from "../../readers/folder.ts";
import { locate } from "../../readers/locate.ts";
import { getHint } from "../publishedSet.ts";
import { namedSet, OF_IMAGE_FILES } from "../set.ts";
import { IMAGENET_NORMALIZATION } from "./normalization.ts";

const URL = "https://github.com/fastai/imagenette";

export const imagenette = namedSet({
  ...common("imagenette", "imagenette2", IMAGENETTE),
  about: `ImageNette, ten easy classes of ImageNet, scaled to 128 x 128 RGB; from ${URL}`,
});

export const imagewoof = namedSet({
  ...common("imagewoof", "imagewoof2", IMAGEWOOF),
  about: `ImageWoof, ten breeds of dogs of ImageNet, scaled to 128 x 128 RGB; from ${URL}`,
});

function common<const Name extends string>(name: Name, archive: string, synsets: Synsets) {
  return {
    name,
    takes: OF_IMAGE_FILES,
    defaults: { size: 128, channels: 3 },
    load: (options: ResolvedOptions) => loadImagenette(name, archive, synsets, options),
  } as const;
}

/**
 * Classes in the order of their synsets, `val/` as the test part; grey images become RGB. Fewer classes or images are
 * accepted.
 * @param archive the published name without its extension: `imagenette2` for `imagenette2.tgz`, `imagenette2-320.tgz`,
 *   ...
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is
 *   another set
 */
async function loadImagenette(
  name: string,
  archive: string,
  synsets: Synsets,
  options: ResolvedOptions,
): Promise<TestedDataset> {
  const names = ["", "-320", "-160"].flatMap((side) => [`${archive}${side}`, `${archive}${side}.tgz`]);
  const hint = getHint(`${archive}.tgz or ${archive}-320.tgz`, URL);
  const place = await locate(name, options.dir, names, hint);
  const arrange = (layout: Layout): Layout => {
    const other = layout.classNames.find((synset) => !Object.hasOwn(synsets, synset));
    const wrong = other === undefined ? "no val/ folder" : `the class "${other}"`;
    if (other === undefined && layout.test !== undefined) return nameSynsets(layout);
    throw new DatadamError("INVALID_DATA", `"${place.path}" is not ${name}: it has ${wrong}.`, { hint });
  };
  const normalization = IMAGENET_NORMALIZATION;
  return (await loadPlace(name, place, options, { arrange, normalization })) as TestedDataset; // `arrange` saw to it
}
