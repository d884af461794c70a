// A distilled set as arrays for other programs, whitening undone for people.

import { encodeNpz, encodeSafetensors } from "../formats/index.ts";
import { expandSet, unprepare } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";

/**
 * `pixels` uint8 [n, c, h, w] as a person sees them; `images` float32 of the same shape as networks see them; `labels`
 * int64 [n]; `mean` and `std` of the normalisation; and whether `images` are whitened. Images in images are expanded.
 */
export function exportedSafetensors(set: SyntheticSet): Uint8Array {
  return encodeSafetensors(arraysOf(expandSet(set)), {
    classNames: JSON.stringify(set.classNames),
    whitened: String(set.preprocessing.zca !== undefined),
  });
}

/** The arrays of {@link exportedSafetensors}. */
export function exportedNpz(set: SyntheticSet): Uint8Array {
  const all = arraysOf(expandSet(set));
  return encodeNpz({
    pixels: { ...all.pixels, dtype: "u1" },
    images: { ...all.images, dtype: "f4" },
    labels: { ...all.labels, dtype: "i8" },
    mean: { ...all.mean, dtype: "f4" },
    std: { ...all.std, dtype: "f4" },
    whitened: { dtype: "u1", shape: [1], data: Uint8Array.of(set.preprocessing.zca === undefined ? 0 : 1) },
  });
}

function arraysOf(set: SyntheticSet) {
  const shape = [set.labels.length, ...set.shape];
  const { mean, std } = set.preprocessing.normalization;
  return {
    pixels: { dtype: "U8", shape, data: unprepare(set.images, [set.labels.length, ...set.shape], set.preprocessing) },
    images: { dtype: "F32", shape, data: set.images },
    labels: { dtype: "I64", shape: [set.labels.length], data: BigInt64Array.from(set.labels, BigInt) },
    mean: { dtype: "F32", shape: [mean.length], data: Float32Array.from(mean) },
    std: { dtype: "F32", shape: [std.length], data: Float32Array.from(std) },
  } as const;
}
