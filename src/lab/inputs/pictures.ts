// Pictures of a run: its set beside the images that it began with, and the same with the accuracies below.

import type { Evaluation } from "../../evaluate/types.ts";
import { decodeNpy, encodeNpy } from "../../formats/index.ts";
import { imageSize, type SyntheticSet } from "../../images/index.ts";
import { encodeGrid, pixelsOf, type StartImages } from "../../run/portable.ts";
import type { Clock, Storage } from "../../storage/index.ts";
import { type ResultEntry, ROWS, type RowNames, rowName } from "../folder/results.ts";

/** The picture of a set. */
export const GRID_FILE = "grid.png";
/** The picture with the accuracies of the last evaluation. */
const RESULT_PICTURE = "result.png";
/** Pixels of the first images of each class that a distillation began with: uint8 `[classes, columns, c, h, w]`. */
const START_FILE = "start.npy";
/** Folder of the images along the way, in the form of {@link START_FILE}. */
const STAGES = "stages";
/** Per cent of a distillation after which its images are kept; its start and its end are kept anyway. */
const STAGES_AT = [1, 5, 10, 25, 50];
/** Of each class. */
const MOST_KEPT = 10;

/** Times of its own that a picture of a job at work waits for until the next: a hundredth of the job's time. */
const PICTURE_WAITS = 100;

/** What a distillation began with, by its `init`. */
const STARTS: Readonly<Record<string, string>> = { real: "random real", noise: "noise", set: "given" };

/** Keeps the first images of each class of the set that a distillation begins with. */
export async function keepStart(storage: Storage, start: SyntheticSet): Promise<void> {
  await keepPixels(storage, START_FILE, firstPixels(start));
}

/** Iterations between the first and the last after which a distillation keeps its images. */
export function stagesOf(iterations: number): ReadonlySet<number> {
  const rounded = STAGES_AT.map((percent) => Math.max(1, Math.round((percent * iterations) / 100)));
  return new Set(rounded.filter((iteration) => iteration < iterations));
}

/** Some images of each class of a set, as pixels: uint8 `[classes, columns, c, h, w]`. */
export interface Pixels {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** The first images of each class of a set, at most ten. */
export function firstPixels(set: SyntheticSet): Pixels {
  const classes = new Set(set.labels).size;
  const columns = Math.min(MOST_KEPT, set.labels.length / classes);
  return { dims: [classes, columns, ...set.shape], data: pixelsOf(set, columns) };
}

/** Keeps images of the way: the same bytes whenever it is done. */
export async function keepStage(storage: Storage, iteration: number, pixels: Pixels): Promise<void> {
  await keepPixels(storage, stageFile(iteration), pixels);
}

/** Whether the images after an iteration are kept. */
export async function holdsStage(storage: Storage, iteration: number): Promise<boolean> {
  return (await storage.size(stageFile(iteration))) !== undefined;
}

/** Images of a distillation after some iterations. */
export interface Stage extends StartPixels {
  readonly iteration: number;
}

/**
 * The images of a run from its start to its end, at most ten of each class. Runs of earlier versions have those of the
 * start and the end, or of the end alone; what is damaged is left out.
 */
export async function readStages(storage: Storage, set: SyntheticSet): Promise<Stage[]> {
  const last = Number(set.provenance.iteration ?? 0);
  const { dims, data } = firstPixels(set);
  const stages: Stage[] = [{ iteration: last, columns: dims[1]!, pixels: data }];
  const start = await readPixels(storage, START_FILE, set);
  if (start !== undefined && last > 0) stages.push({ iteration: 0, ...start });
  for (const iteration of await stagesIn(storage)) {
    const stage = iteration < last ? await readPixels(storage, stageFile(iteration), set) : undefined;
    if (stage !== undefined) stages.push({ iteration, ...stage });
  }
  const fitting = stages.filter(({ columns }) => columns === dims[1]);
  return fitting.sort((a, b) => a.iteration - b.iteration);
}

/** Puts starts and stages of shards together. @param places of each class of the set: its shard, its row there */
export async function mergePictures(
  storage: Storage,
  set: SyntheticSet,
  places: readonly { readonly from: Storage; readonly like: SyntheticSet; readonly row: number }[],
): Promise<void> {
  const stages = places.length === 0 ? [] : await stagesIn(places[0]!.from);
  for (const file of [START_FILE, ...stages.map(stageFile)]) await mergePixels(storage, file, set, places);
}

/** Leaves out what a shard lacks. */
async function mergePixels(
  storage: Storage,
  file: string,
  set: SyntheticSet,
  places: Parameters<typeof mergePictures>[2],
): Promise<void> {
  let pixels: Uint8Array | undefined;
  let columns = 0;
  for (const shard of new Set(places.map(({ from }) => from))) {
    // One shard's at a time: those of many are larger than memory.
    const found = await readPixels(shard, file, places.find(({ from }) => from === shard)!.like);
    if (found === undefined || (pixels !== undefined && found.columns !== columns)) return;
    columns = found.columns;
    const length = columns * imageSize(set);
    pixels ??= new Uint8Array(places.length * length);
    for (const [to, { from, row }] of places.entries()) {
      if (from === shard) pixels.set(found.pixels.subarray(row * length, (row + 1) * length), to * length);
    }
  }
  if (pixels === undefined) return;
  await keepPixels(storage, file, { dims: [places.length, columns, ...set.shape], data: pixels });
}

function stageFile(iteration: number): string {
  return `${STAGES}/${String(iteration).padStart(6, "0")}.npy`;
}

/** Ascending. */
async function stagesIn(storage: Storage): Promise<number[]> {
  const numbers = (await storage.list(STAGES)).map((name) => Number(/^(\d+)\.npy$/.exec(name)?.[1] ?? Number.NaN));
  return numbers.filter(Number.isSafeInteger).sort((a, b) => a - b);
}

/** The picture of a set in a folder, beside what it began with where that is kept. */
export async function drawSet(set: SyntheticSet, storage: Storage, caption?: readonly string[]): Promise<Uint8Array> {
  const found = await readPixels(storage, START_FILE, set);
  const { init, iteration } = set.provenance;
  const start: StartImages | undefined = found && { ...found, title: `start: ${STARTS[String(init)] ?? init}` };
  return encodeGrid(set, { start, title: `distilled, ${iteration} iterations`, caption });
}

/**
 * Draws the picture of a job that still works, for who watches. It may be called often: where drawing takes long, as
 * with whitened images, it is done less often.
 */
export function livePicture(storage: Storage, clock: Clock): (set: () => SyntheticSet) => Promise<void> {
  let next = Number.NEGATIVE_INFINITY;
  return async (set) => {
    const begun = clock.now();
    if (begun < next) return;
    await storage.write(GRID_FILE, await drawSet(set(), storage));
    const ended = clock.now();
    next = ended + PICTURE_WAITS * (ended - begun);
  };
}

/** Draws a run's set with what an evaluation of it measured. */
export async function drawResult(
  storage: Storage,
  set: SyntheticSet,
  entry: ResultEntry,
  names?: RowNames,
): Promise<void> {
  const parts = ROWS.flatMap((row) => {
    const measured = entry[row];
    return measured === undefined ? [] : [`${rowName(row, entry, names)} ${accuracy(measured)}`];
  });
  await storage.write(RESULT_PICTURE, await drawSet(set, storage, [`Test accuracy: ${parts.join(", ")}`]));
}

function accuracy({ mean, std, accuracies }: Evaluation): string {
  return accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`;
}

type StartPixels = Omit<StartImages, "title">;

async function keepPixels(storage: Storage, file: string, { dims, data }: Pixels): Promise<void> {
  await storage.write(file, encodeNpy({ dtype: "u1", shape: [...dims], data }));
}

/** Undefined where there is none, or none of this set. */
async function readPixels(
  storage: Storage,
  file: string,
  { labels, shape }: SyntheticSet,
): Promise<StartPixels | undefined> {
  const bytes = await storage.read(file);
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
