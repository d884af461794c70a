// A distilled set for other programs: as bytes, wherever they then go.

import { expandSet, type SyntheticSet, unprepare } from "../../images/index.ts";
import { encodeArrays } from "./arrays.ts";
import { pictureFiles } from "./pictures.ts";
import type { ArrayFormat, ExportedFiles } from "./types.ts";

export { type Loader, loaderOf } from "./loader.ts";
export { ARRAY_FORMATS, type ArrayFormat, type ExportedFiles } from "./types.ts";

/**
 * The files of a set in a format. Whitening is undone for pixels, and images in images (`factor`) are brought to full
 * size: other programs know nothing of them.
 *
 * @throws DatadamError INVALID_OPTION where pictures are asked for and the images have neither 1 nor 3 channels
 */
export async function exportFiles(
  stored: SyntheticSet,
  format: ArrayFormat | "png" | "huggingface",
): Promise<ExportedFiles> {
  const set = expandSet(stored);
  const pixels = unprepare(set.images, [set.labels.length, ...set.shape], set.preprocessing);
  if (format === "png") return pictureFiles(set, pixels);
  if (format === "huggingface") return (await import("./hub.ts")).hubFiles(set, pixels);
  return { "": encodeArrays(format, set, pixels) };
}
