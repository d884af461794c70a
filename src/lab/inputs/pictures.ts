// Pictures of a run: its set beside the images that it began with, and the same with the accuracies below.

import type { Evaluation } from "../../evaluate/types.ts";
import { decodeNpy, encodeNpy } from "../../formats/index.ts";
import { imageSize, type SyntheticSet } from "../../images/index.ts";
import { encodeGrid, pixelsOf, type StartImages } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import type { ResultEntry } from "../folder/results.ts";

/** The picture of a set. */
export const GRID_FILE = "grid.png";
/** The picture with the accuracies of the last evaluation. */
const RESULT_PICTURE = "result.png";
/** Pixels of the first images of each class that a distillation began with: uint8 `[classes, columns, c, h, w]`. */
const START_FILE = "start.npy";
/** Of each class. */
const MOST_OF_START = 10;

/** What a distillation began with, by its `init`. */
const STARTS: Readonly<Record<string, string>> = { real: "random real", noise: "noise", set: "given" };

/** Keeps the first images of each class of the set that a distillation begins with. */
export async function keepStart(storage: Storage, start: SyntheticSet): Promise<void> {
  const classes = new Set(start.labels).size;
  const columns = Math.min(MOST_OF_START, start.labels.length / classes);
  await writeStart(storage, start, { columns, pixels: pixelsOf(start, columns) });
}

/** Puts the starts of shards together. @param places of each class of the set: its shard, its row there */
export async function mergeStarts(
  storage: Storage,
  set: SyntheticSet,
  places: readonly { readonly from: Storage; readonly like: SyntheticSet; readonly row: number }[],
): Promise<void> {
  const rows: Uint8Array[] = [];
  for (const { from, like, row } of places) {
    const start = await readStart(from, like);
    if (start === undefined) return;
    const length = start.columns * imageSize(set);
    rows.push(start.pixels.subarray(row * length, (row + 1) * length));
  }
  const pixels = new Uint8Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    pixels.set(row, at);
    at += row.length;
  }
  await writeStart(storage, set, { columns: pixels.length / rows.length / imageSize(set), pixels });
}

/** The picture of a set in a folder, beside what it began with where that is kept. */
export async function drawSet(set: SyntheticSet, storage: Storage, caption?: readonly string[]): Promise<Uint8Array> {
  const found = await readStart(storage, set);
  const { init, iteration } = set.provenance;
  const start: StartImages | undefined = found && { ...found, title: `start: ${STARTS[String(init)] ?? init}` };
  return encodeGrid(set, { start, title: `distilled, ${iteration} iterations`, caption });
}

/** Draws a run's set with what an evaluation of it measured. */
export async function drawResult(
  storage: Storage,
  set: SyntheticSet,
  { distilled, random, whole }: ResultEntry,
  names: Readonly<Record<string, string>> = {},
): Promise<void> {
  const told = (name: string, row: Evaluation | undefined): string[] =>
    row === undefined ? [] : [`${name} ${accuracy(row)}`];
  const parts = [
    ...told(names.random ?? "random real", random),
    ...told(names.distilled ?? "distilled", distilled),
    ...told(names.whole ?? "whole set", whole),
  ];
  await storage.write(RESULT_PICTURE, await drawSet(set, storage, [`Test accuracy: ${parts.join(", ")}`]));
}

function accuracy({ mean, std, accuracies }: Evaluation): string {
  return accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`;
}

type Start = Omit<StartImages, "title">;

async function writeStart(
  storage: Storage,
  { labels, shape }: SyntheticSet,
  { columns, pixels }: Start,
): Promise<void> {
  const dims = [new Set(labels).size, columns, ...shape];
  await storage.write(START_FILE, encodeNpy({ dtype: "u1", shape: dims, data: pixels }));
}

/** Undefined where there is none, or none of this set. */
async function readStart(storage: Storage, { labels, shape }: SyntheticSet): Promise<Start | undefined> {
  const bytes = await storage.read(START_FILE);
  if (bytes === undefined) return undefined;
  try {
    const { data, shape: dims } = decodeNpy(bytes);
    const [classes, columns, ...image] = dims;
    const fits = classes === new Set(labels).size && String(image) === String(shape) && columns! > 0;
    return fits && data instanceof Uint8Array ? { columns: columns!, pixels: data } : undefined;
  } catch {
    // A picture is worth no run.
    return undefined;
  }
}
