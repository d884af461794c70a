// The built-in letters, from the bytes of their file: the portable half of the built-in set.

import { decodeSafetensors } from "../../formats/index.ts";
import type { ImageSet, TestedDataset } from "../../images/types.ts";
import { channelStatistics, inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";

/** Of the file, unpacked. */
export const LETTERS_BYTES = 16 * 2 ** 20;

/**
 * The letters A to J, 32 x 32 grey.
 *
 * @param bytes of `letters.safetensors`, unpacked.
 * @throws DatadamError INVALID_DATA
 */
export function decodeLetters(bytes: Uint8Array): TestedDataset {
  const { tensors } = decodeSafetensors(bytes);
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
