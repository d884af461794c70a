// A set as one file of arrays for other programs.

import { encodeNpz, encodePt, encodeSafetensors, type NpyArray } from "../../formats/index.ts";
import type { SyntheticSet } from "../../images/index.ts";
import type { ArrayFormat } from "./types.ts";

/**
 * What `torch.load` reads: `data` as the official DataDAM, DM and DC code lays it out, a list of one pair of float32
 * `[n, c, h, w]` as networks see them and int64 labels; beside it what {@link encodeArrays} gives.
 */
function encodeTensors(set: SyntheticSet, pixels: Uint8Array): Uint8Array {
  const shape = [set.labels.length, ...set.shape];
  const { mean, std } = set.preprocessing.normalization;
  const vector = (list: readonly number[]): NpyArray => ({
    dtype: "f4",
    shape: [list.length],
    data: Float32Array.from(list),
  });
  const labels: NpyArray = { dtype: "i8", shape: [shape[0]!], data: BigInt64Array.from(set.labels, BigInt) };
  return encodePt({
    data: [[{ dtype: "f4", shape, data: set.images }, labels]],
    pixels: { dtype: "u1", shape, data: pixels },
    mean: vector(mean),
    std: vector(std),
    classNames: set.classNames,
    whitened: set.preprocessing.zca !== undefined,
    ...(set.softLabels && { soft_labels: { dtype: "f4", ...softLabels(set) } }),
  });
}

/** Probabilities of the classes, a row an image. */
function softLabels({ softLabels, classNames }: SyntheticSet): { shape: number[]; data: Float32Array } {
  const data = softLabels!;
  return { shape: [data.length / classNames.length, classNames.length], data };
}

/**
 * `pixels` uint8 [n, c, h, w] as a person sees them; `images` float32 of the same shape as networks see them; `labels`
 * int64 [n]; `soft_labels` float32 [n, classes] where it has them; `mean` and `std` of the normalisation; and whether
 * `images` are whitened.
 */
export function encodeArrays(to: ArrayFormat, set: SyntheticSet, pixels: Uint8Array): Uint8Array {
  const shape = [set.labels.length, ...set.shape];
  const { mean, std } = set.preprocessing.normalization;
  const all = {
    pixels: { dtype: "U8", shape, data: pixels },
    images: { dtype: "F32", shape, data: set.images },
    labels: { dtype: "I64", shape: [set.labels.length], data: BigInt64Array.from(set.labels, BigInt) },
    mean: { dtype: "F32", shape: [mean.length], data: Float32Array.from(mean) },
    std: { dtype: "F32", shape: [std.length], data: Float32Array.from(std) },
    ...(set.softLabels && { soft_labels: { dtype: "F32" as const, ...softLabels(set) } }),
  } as const;
  if (to === "pt") return encodeTensors(set, pixels);
  if (to === "npz") {
    return encodeNpz({
      pixels: { ...all.pixels, dtype: "u1" },
      images: { ...all.images, dtype: "f4" },
      labels: { ...all.labels, dtype: "i8" },
      mean: { ...all.mean, dtype: "f4" },
      std: { ...all.std, dtype: "f4" },
      whitened: { dtype: "u1", shape: [1], data: Uint8Array.of(set.preprocessing.zca === undefined ? 0 : 1) },
      ...(all.soft_labels && { soft_labels: { ...all.soft_labels, dtype: "f4" } }),
    });
  }
  return encodeSafetensors(all, {
    classNames: JSON.stringify(set.classNames),
    whitened: String(set.preprocessing.zca !== undefined),
  });
}
