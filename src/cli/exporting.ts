// The distilled images for other programs, whitening undone.

import { existsSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import { encodeNpz, encodePng, encodePt, encodeSafetensors, type NpyArray } from "../formats/index.ts";
import { expandSet, unprepare } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { listFolder, makeFolder, readSyntheticSet, writeAtomic } from "../run/index.ts";
import type { Ui } from "./ui.ts";

interface ExportOptions {
  readonly to: "png" | "safetensors" | "npz" | "pt";
  readonly out: string | undefined;
}

/** @throws DatadamError IO where something is there already */
export function exportSet(directory: string, { to, out }: ExportOptions, ui: Ui): void {
  // Other programs know nothing of images in images.
  const set = expandSet(readSyntheticSet(directory));
  const path = resolve(out ?? join(directory, to === "png" ? "png" : `export.${to}`));
  if (existsSync(path) && (to !== "png" || listFolder(path).length > 0)) {
    throw new DatadamError("IO", `${path} exists already`, {
      hint: "Choose another place with --out, or move it away.",
    });
  }
  const pixels = unprepare(set.images, [set.labels.length, ...set.shape], set.preprocessing);
  const files = to === "png" ? writeImages(path, set, pixels) : writeArrays(path, to, set, pixels);
  ui.result(path, { path, format: to, files, images: set.labels.length });
}

/** One folder a class, so that it can be read as a data set again: all of them, or none. */
function writeImages(folder: string, set: SyntheticSet, pixels: Uint8Array): number {
  const [channels, height, width] = set.shape;
  if (channels !== 1 && channels !== 3) {
    throw new DatadamError("INVALID_OPTION", `PNG has 1 or 3 channels, the images have ${channels}`, {
      hint: "Use --to npz.",
    });
  }
  const folders = folderNames(set.classNames);
  const seen = new Map<number, number>();
  const size = channels * height * width;
  const created = makeFolder(folder);
  const made = new Set<string>();
  try {
    set.labels.forEach((label, index) => {
      const number = seen.get(label) ?? 0;
      seen.set(label, number + 1);
      const image = interleave(pixels.subarray(index * size, (index + 1) * size), channels, height * width);
      const into = join(folder, folders[label]!);
      makeFolder(into);
      made.add(into);
      writeAtomic(join(into, `${String(number).padStart(4, "0")}.png`), encodePng(image, { width, height, channels }));
    });
  } catch (error) {
    for (const path of created ? [folder] : made) rmSync(path, { recursive: true, force: true });
    throw error;
  }
  return set.labels.length;
}

/**
 * What `torch.load` reads: `data` as the official DataDAM, DM and DC code lays it out, a list of one pair of float32
 * `[n, c, h, w]` as networks see them and int64 labels; beside it what {@link writeArrays} writes.
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
  });
}

/**
 * `pixels` uint8 [n, c, h, w] as a person sees them; `images` float32 of the same shape as networks see them; `labels`
 * int64 [n]; `mean` and `std` of the normalisation; and whether `images` are whitened.
 */
function writeArrays(path: string, to: "safetensors" | "npz" | "pt", set: SyntheticSet, pixels: Uint8Array): number {
  const shape = [set.labels.length, ...set.shape];
  const { mean, std } = set.preprocessing.normalization;
  const arrays = {
    pixels: { dtype: "U8", shape, data: pixels },
    images: { dtype: "F32", shape, data: set.images },
    labels: { dtype: "I64", shape: [set.labels.length], data: BigInt64Array.from(set.labels, BigInt) },
    mean: { dtype: "F32", shape: [mean.length], data: Float32Array.from(mean) },
    std: { dtype: "F32", shape: [std.length], data: Float32Array.from(std) },
  } as const;
  makeFolder(dirname(path));
  if (to === "pt") {
    writeAtomic(path, encodeTensors(set, pixels));
    return 1;
  }
  const bytes =
    to === "npz"
      ? encodeNpz({
          pixels: { ...arrays.pixels, dtype: "u1" },
          images: { ...arrays.images, dtype: "f4" },
          labels: { ...arrays.labels, dtype: "i8" },
          mean: { ...arrays.mean, dtype: "f4" },
          std: { ...arrays.std, dtype: "f4" },
          whitened: { dtype: "u1", shape: [1], data: Uint8Array.of(set.preprocessing.zca === undefined ? 0 : 1) },
        })
      : encodeSafetensors(arrays, {
          classNames: JSON.stringify(set.classNames),
          whitened: String(set.preprocessing.zca !== undefined),
        });
  writeAtomic(path, bytes);
  return 1;
}

/** Class names as folder names: nothing that leaves the folder, nothing twice. */
function folderNames(classNames: readonly string[]): string[] {
  const used = new Set<string>();
  return classNames.map((name, index) => {
    const clean = name.replaceAll(/[^\p{L}\p{N} _.-]+/gu, "_").replace(/^[. ]+|[. ]+$/g, "");
    const unique = clean === "" || used.has(clean.toLowerCase()) ? `${index}-${clean}` : clean;
    used.add(unique.toLowerCase());
    return unique;
  });
}

function interleave(planes: Uint8Array, channels: number, area: number): Uint8Array {
  const out = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) out[i * channels + c] = planes[c * area + i]!;
  return out;
}
