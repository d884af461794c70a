// SVHN, cropped digits, as published: two .mat files, each with X [32, 32, 3, n] and y [n, 1].

import { decodeMat } from "../../formats/index.ts";
import type { ImageSet, TestedDataset } from "../../images/types.ts";
import { inMemory, sharedBytes, sharedLabels, transposePlanes } from "../decode/pixels.ts";
import { allFiles } from "./published.ts";
import { damaged, decoded, type FoundFile, type Published } from "./publishedSet.ts";
import { namedSet } from "./set.ts";

const URL = "http://ufldl.stanford.edu/housenumbers/";
const MAX_BYTES = 2 ** 30; // the training part has 182 MB, and 225 MB unpacked
const PIXELS = 3 * 32 * 32;
const CLASS_NAMES = [..."0123456789"];
const NORMALIZATION = { mean: [0.4377, 0.4438, 0.4728], std: [0.198, 0.201, 0.197] };

const SVHN: Published = {
  name: "svhn",
  title: "SVHN",
  files: ["train_32x32.mat", "test_32x32.mat"],
  folders: ["SVHN", "svhn"],
  archives: [],
  maxFileBytes: MAX_BYTES,
  hint: `Get train_32x32.mat and test_32x32.mat (format 2) from ${URL} and name their folder as \`dir\`.`,
};

export const svhn = namedSet({
  name: "svhn",
  about: `SVHN, cropped digits, 32 x 32 RGB, 73,257 training and 26,032 test images; from ${URL}`,
  counts: [73_257, 26_032],
  takes: [],
  telltale: /^train_32x32\.mat$/,
  load: ({ dir, maxArchiveBytes }) => loadSvhn(dir, maxArchiveBytes),
});

/**
 * The label 10 of the files, which stands for the digit 0, becomes 0.
 * @param dir the folder that holds `train_32x32.mat` and `test_32x32.mat`, or a folder with that inside
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one
 *   is damaged
 */
async function loadSvhn(dir: string | undefined, maxBytes: number): Promise<TestedDataset> {
  const files = await allFiles(SVHN, dir, maxBytes);
  const part = (name: "train" | "test") =>
    readPart(`svhn/${name}`, files.get(`${name}_32x32.mat`)!, Math.min(maxBytes, MAX_BYTES));
  return { name: "svhn", train: part("train"), test: part("test") };
}

function readPart(name: string, file: FoundFile, maxBytes: number): ImageSet {
  const { X: images, y } = decoded(SVHN, file, (bytes) => decodeMat(bytes, { maxBytes }));
  // MATLAB drops a last axis of one: a single image has three.
  const [height, width, channels, count = 1] = (images?.shape ?? []).toReversed();
  if (images?.dtype !== "u1" || width !== 32 || height !== 32 || channels !== 3) {
    const found = images === undefined ? "no numbers" : `${images.dtype} [${images.shape.toReversed().join(", ")}]`;
    throw damaged(SVHN, `"${file.path}": X is ${found}, not u1 [32, 32, 3, n].`);
  }
  if (y?.data.length !== count || count === 0) {
    throw damaged(SVHN, `"${file.path}": y has ${y?.data.length ?? "no"} labels for ${count} images.`);
  }
  const set = { labels: sharedLabels(count), pixels: sharedBytes(count * PIXELS) };
  set.pixels.set(images.data);
  transposePlanes(set.pixels, 32);
  for (let i = 0; i < count; i++) {
    const label = Number(y.data[i]);
    if (!(Number.isInteger(label) && label >= 0 && label <= 10)) {
      throw damaged(SVHN, `"${file.path}": the label of image ${i} is ${label}, not 1 to 10.`);
    }
    set.labels[i] = label % 10;
  }
  const common = { classNames: CLASS_NAMES, normalization: NORMALIZATION, flippable: false };
  return inMemory({ name, count, shape: [3, 32, 32] as const, ...set, ...common });
}
