// A reader of a format: a .safetensors file with `images` (uint8 [n, 1 or 3, height, width]) and `labels` (uint8 [n]).
//
// To add it to the library, this file becomes src/data/readers/safetensors.ts, and the index of that folder gets one
// line:
//
//     export { safetensors } from "./safetensors.ts";
//
// Then `loadDataset("flowers.safetensors")` and `datadam distill --dataset flowers.safetensors` read it.

import { readFile } from "node:fs/promises";
import { DatadamError, imageSet } from "datadam";
import { channelStatistics, type Reader } from "datadam/data";
import { decodeSafetensors } from "datadam/formats";

export const safetensors: Reader = {
  about: "a .safetensors file of images and labels",
  endings: [".safetensors"],
  takes: ["flippable"],
  recognises: ({ isFolder, path }) => !isFolder && path.endsWith(".safetensors"),
  async load(name, { path }, { flippable }) {
    const { images, labels } = decodeSafetensors(await readFile(path)).tensors;
    const [count, ...shape] = images?.shape ?? [];
    const fits = images?.dtype === "U8" && labels?.dtype === "U8" && shape.length === 3 && labels.shape[0] === count;
    if (!fits) {
      throw new DatadamError("INVALID_DATA", `"${path}" holds no images (U8 [n, c, h, w]) with labels (U8 [n]).`);
    }
    const [channels, height, width] = shape;
    const pixels = images.data as Uint8Array;
    const classes = Math.max(...(labels.data as Uint8Array)) + 1;
    return {
      name,
      train: imageSet({
        name: `${name}/train`,
        shape: [channels, height, width],
        classNames: Array.from({ length: classes }, (_, c) => String(c)),
        labels: Uint16Array.from(labels.data as Uint8Array),
        pixels,
        normalization: channelStatistics(pixels, [channels, height, width]),
        flippable,
      }),
      test: undefined,
    };
  },
};
