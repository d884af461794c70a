// A published data set: the handwritten digits of UCI's "Optical Recognition of Handwritten Digits", 8 x 8 grey.
// https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits
//
// To add it to the library, this file becomes src/data/sets/optdigits.ts, and the index of that folder gets one line:
//
//     export { optdigits } from "./optdigits.ts";
//
// Then `loadDataset("optdigits", { dir })` loads it, and the lists of data sets name it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError, type ImageSet, imageSet } from "datadam";
import { channelStatistics, namedSet } from "datadam/data";

const URL = "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits";
const SHAPE = [1, 8, 8] as const;
/** The largest value of a pixel, which is black on white paper. */
const INK = 16;

export const optdigits = namedSet({
  name: "optdigits",
  about: `Optical digits, 8 x 8 grey, 3823 training and 1797 test images; optdigits.tra and optdigits.tes from ${URL}`,
  counts: [3823, 1797],
  takes: [],
  telltale: /^optdigits\.tra$/,
  async load({ dir }) {
    if (dir === undefined) {
      const hint = `Get optdigits.tra and optdigits.tes from ${URL} and name their folder as \`dir\`.`;
      throw new DatadamError("INVALID_OPTION", "The data set optdigits needs to know where its files are.", { hint });
    }
    const train = await part("optdigits/train", join(dir, "optdigits.tra"));
    const test = await part("optdigits/test", join(dir, "optdigits.tes"), train.normalization);
    return { name: "optdigits", train, test };
  },
});

/** A line an image: 64 pixels of 0 to 16 and the digit. */
async function part(name: string, path: string, known?: ImageSet["normalization"]): Promise<ImageSet> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new DatadamError("DATASET_NOT_FOUND", `"${path}" cannot be read: ${cause.message}`, { cause });
  });
  const rows = text.trim().split(/\r?\n/);
  const [pixels, labels] = [new Uint8Array(64 * rows.length), new Uint16Array(rows.length)];
  for (const [i, row] of rows.entries()) {
    const values = row.split(",").map(Number);
    const fits = values.length === 65 && values.every((v) => Number.isInteger(v) && v >= 0 && v <= INK);
    if (!fits || values[64] > 9) throw new DatadamError("INVALID_DATA", `Line ${i + 1} of "${path}" is damaged.`);
    pixels.set(
      values.slice(0, 64).map((v) => Math.round((255 * v) / INK)),
      64 * i,
    );
    labels[i] = values[64];
  }
  const normalization = known ?? channelStatistics(pixels, SHAPE);
  return imageSet({
    name,
    shape: SHAPE,
    classNames: [..."0123456789"],
    labels,
    pixels,
    normalization,
    flippable: false,
  });
}
