// The distilled images for other programs, whitening undone.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import { encodePng, encodePt, type NpyArray } from "../formats/index.ts";
import { classFolders, expandSet, unprepare } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { exportedNpz, exportedSafetensors } from "../run/exported.ts";
import { readSyntheticSet } from "../run/index.ts";
import type { Storage } from "../storage/index.ts";
import { listFolder, makeFolder, placeFile } from "../storage/node/index.ts";
import type { Ui } from "./ui.ts";

interface ExportOptions {
  readonly to: "png" | "safetensors" | "npz" | "pt";
  readonly out: string | undefined;
}

/** A file to write: its path below the place, empty for the place itself. */
type Files = Readonly<Record<string, Uint8Array>>;

/**
 * Puts the files in their place, all or none of them. Where they are there already, to the byte, nothing is done.
 *
 * @throws DatadamError IO where something else is there
 */
export async function exportSet(directory: string, { to, out }: ExportOptions, ui: Ui): Promise<void> {
  // Other programs know nothing of images in images.
  const set = expandSet(readSyntheticSet(directory));
  const path = resolve(out ?? join(directory, to === "png" ? "png" : `export.${to}`));
  const pixels = unprepare(set.images, [set.labels.length, ...set.shape], set.preprocessing);
  const files = to === "png" ? images(set, pixels) : { "": arrays(to, set, pixels) };
  const isFree = !existsSync(path) || (to === "png" && statSync(path).isDirectory() && listFolder(path).length === 0);
  if (isFree) {
    makeFolder(dirname(path));
    await placeFile(path, (storage, name) => writeAll(storage, name, files));
  } else if (!holds(path, files)) {
    throw new DatadamError("IO", `${path} exists already`, {
      hint: "Choose another place with --out, or move it away.",
    });
  }
  ui.result(path, { path, format: to, files: Object.keys(files).length, images: set.labels.length });
}

async function writeAll(storage: Storage, name: string, files: Files): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) await storage.write(path === "" ? name : `${name}/${path}`, bytes);
}

/** Whether just these files are there. */
function holds(path: string, files: Files): boolean {
  try {
    const there = statSync(path).isDirectory()
      ? listFolder(path).flatMap((name) => listFolder(join(path, name)).map((inside) => `${name}/${inside}`))
      : [""];
    const isSame = (file: string): boolean => readFileSync(join(path, file)).equals(files[file]!);
    return there.sort().join("\n") === Object.keys(files).sort().join("\n") && there.every(isSame);
  } catch {
    return false;
  }
}

/** One folder a class, so that it can be read as a data set again. */
function images(set: SyntheticSet, pixels: Uint8Array): Files {
  const [channels, height, width] = set.shape;
  if (channels !== 1 && channels !== 3) {
    throw new DatadamError("INVALID_OPTION", `PNG has 1 or 3 channels, the images have ${channels}`, {
      hint: "Use --to npz.",
    });
  }
  const folders = classFolders(set.classNames);
  const seen = new Map<number, number>();
  const size = channels * height * width;
  const named = Array.from(set.labels, (label, index) => {
    const number = seen.get(label) ?? 0;
    seen.set(label, number + 1);
    const image = interleave(pixels.subarray(index * size, (index + 1) * size), channels, height * width);
    const name = `${folders[label]!}/${String(number).padStart(4, "0")}.png`;
    return [name, encodePng(image, { width, height, channels })] as const;
  });
  return Object.fromEntries(named);
}

/**
 * What `torch.load` reads: `data` as the official DataDAM, DM and DC code lays it out, a list of one pair of float32
 * `[n, c, h, w]` as networks see them and int64 labels; beside it what {@link exportedNpz} gives.
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

function arrays(to: "safetensors" | "npz" | "pt", set: SyntheticSet, pixels: Uint8Array): Uint8Array {
  if (to === "pt") return encodeTensors(set, pixels);
  return to === "npz" ? exportedNpz(set) : exportedSafetensors(set);
}

function interleave(planes: Uint8Array, channels: number, area: number): Uint8Array {
  const out = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) out[i * channels + c] = planes[c * area + i]!;
  return out;
}
