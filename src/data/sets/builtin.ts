// The data set that comes with the package: letters in free fonts. assets/LETTERS.md says what it is made of.

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { DatadamError } from "../../errors.ts";
import { decodeSafetensors } from "../../formats/index.ts";
import type { ImageSet, TestedDataset } from "../../images/types.ts";
import { channelStatistics, inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import { namedSet } from "./set.ts";

/** The same from src/data/sets and dist/data/sets. */
const FILE = new URL("../../../assets/letters.safetensors.gz", import.meta.url);
const MAX_BYTES = 16 * 2 ** 20;

export const builtin = namedSet({
  name: "builtin",
  about: "the letters A to J in free fonts, 32 x 32 grey, 2500 training and 600 test images; comes with the package",
  counts: [2500, 600],
  takes: [],
  load: () => loadBuiltin(),
});

/** The letters A to J, 32 x 32 grey. @throws DatadamError IO or INVALID_DATA where the installation is damaged */
async function loadBuiltin(): Promise<TestedDataset> {
  const packed = await readFile(FILE).catch((cause) => {
    throw new DatadamError("IO", `The built-in data set is missing: ${FILE.pathname}`, {
      cause,
      hint: "Install the package again.",
    });
  });
  const { tensors } = decodeSafetensors(unpack(packed));
  const part = (name: "train" | "test"): Omit<ImageSet, "normalization"> => {
    const [images, labels] = [tensors[`${name}.images`], tensors[`${name}.labels`]];
    const [count, channels, height, width] = images.shape;
    const set = { pixels: sharedBytes(images.data.length), labels: sharedLabels(labels.data.length) };
    set.pixels.set(images.data as Uint8Array);
    set.labels.set(labels.data as Uint8Array);
    const classNames = [..."ABCDEFGHIJ"];
    const shape = [channels, height, width] as const;
    return inMemory({ name: `builtin/${name}`, count, shape, classNames, ...set, flippable: false });
  };
  const train = part("train");
  const normalization = channelStatistics(train.pixels, train.shape);
  return { name: "builtin", train: { ...train, normalization }, test: { ...part("test"), normalization } };
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw new DatadamError("INVALID_DATA", `The built-in data set is damaged: ${FILE.pathname}`, {
      cause,
      hint: "Install the package again.",
    });
  }
}
