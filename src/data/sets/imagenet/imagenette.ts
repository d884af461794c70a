// ImageNette and ImageWoof, ten easy and ten hard classes of ImageNet: train/<synset>/ and val/<synset>/, packed as a .tgz or not.
// https://github.com/fastai/imagenette

import { DatadamError } from "../../../errors.ts";
import type { TestedDataset } from "../../../images/types.ts";
import { type DatasetOptions, resolveOptions } from "../../options.ts";
import { loadFolder } from "../../readers/folder.ts";
import type { Layout } from "../../readers/layout.ts";
import { locate } from "../../readers/locate.ts";
import { IMAGENET_NORMALIZATION, nameSynsets, type Synsets } from "./imagenet.ts";

/** Where both come from. */
export const IMAGENETTE_URL: string = "https://github.com/fastai/imagenette";

const SIZE = 128;

/**
 * Classes in the order of their synsets, `val/` as the test part; grey images become RGB. Fewer classes or images are accepted.
 * @param archive the published name without its extension: `imagenette2` for `imagenette2.tgz`, `imagenette2-320.tgz`, ...
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where nothing is there, INVALID_DATA where it is another set
 */
export async function loadImagenette(
  name: string,
  archive: string,
  synsets: Synsets,
  options: DatasetOptions,
): Promise<TestedDataset> {
  const names = ["", "-320", "-160"].flatMap((side) => [`${archive}${side}`, `${archive}${side}.tgz`]);
  const hint = `Get ${archive}.tgz or ${archive}-320.tgz from ${IMAGENETTE_URL} and name it, or the folder it unpacks to, with --data-dir.`;
  const place = await locate(name, options.dir, names, hint);
  const arrange = (layout: Layout): Layout => {
    const other = layout.classNames.find((synset) => !Object.hasOwn(synsets, synset));
    const wrong = other === undefined ? "no val/ folder" : `the class "${other}"`;
    if (other === undefined && layout.test !== undefined) return nameSynsets(layout);
    throw new DatadamError("INVALID_DATA", `"${place.path}" is not ${name}: it has ${wrong}.`, { hint });
  };
  const normalization = IMAGENET_NORMALIZATION;
  const checked = resolveOptions(options, { size: SIZE, channels: 3 });
  return (await loadFolder(name, place, checked, { arrange, normalization })) as TestedDataset; // `arrange` saw to it
}
