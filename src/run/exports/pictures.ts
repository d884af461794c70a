// A set as PNG files.

import { DatadamError } from "../../errors.ts";
import { encodePng } from "../../formats/index.ts";
import { classFolders, type SyntheticSet } from "../../images/index.ts";
import type { ExportedFiles } from "./types.ts";

/** One folder a class, so that it can be read as a data set again. @throws DatadamError INVALID_OPTION */
export function pictureFiles(set: SyntheticSet, pixels: Uint8Array): ExportedFiles {
  const folders = classFolders(set.classNames);
  const seen = new Map<number, number>();
  const pictures = encodePictures(set, pixels);
  const named = Array.from(set.labels, (label, index) => {
    const number = seen.get(label) ?? 0;
    seen.set(label, number + 1);
    return [`${folders[label]!}/${String(number).padStart(4, "0")}.png`, pictures[index]!] as const;
  });
  return Object.fromEntries(named);
}

/** Each image of a set as PNG. @throws DatadamError INVALID_OPTION where it has neither 1 nor 3 channels */
export function encodePictures({ shape, labels }: SyntheticSet, pixels: Uint8Array): Uint8Array[] {
  const [channels, height, width] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new DatadamError("INVALID_OPTION", `PNG has 1 or 3 channels, the images have ${channels}`, {
      hint: "Export them as npz.",
    });
  }
  const size = channels * height * width;
  return Array.from(labels, (_, index) => {
    const image = interleave(pixels.subarray(index * size, (index + 1) * size), channels, height * width);
    return encodePng(image, { width, height, channels });
  });
}

function interleave(planes: Uint8Array, channels: number, area: number): Uint8Array {
  const out = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) out[i * channels + c] = planes[c * area + i]!;
  return out;
}
