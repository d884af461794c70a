// Sets that jobs name by a path: the result of a run, a file of ours, or a set that another program made.

import { DatadamError } from "../../errors.ts";
import type { ImageSet, Preprocessing, SyntheticSet } from "../../images/index.ts";
import {
  decodePreprocessing,
  encodePreprocessing,
  encodeSyntheticSet,
  isSyntheticSet,
  openSyntheticSet,
  PREPROCESSING_FILE,
  type RunInitial,
  SYNTHETIC_FILE,
} from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import type { Folder } from "../folder/folder.ts";
import { sha256 } from "../folder/hash.ts";
import { holdsRun } from "../folder/record.ts";
import type { Context, ForeignSet, Readers } from "../types.ts";
import { drawSet, GRID_FILE } from "./pictures.ts";
import { prepareSet } from "./prepare.ts";

/** What the float images of another program's set are. */
export const SPACES = ["normalized", "zca", "pixels"] as const;
export type Space = (typeof SPACES)[number];

type Tools = Pick<Context, "readers" | "cache" | "note" | "warn" | "progress" | "signal" | "engine">;

/** Writes a set as the result of a job, with its picture. Its whitening is there since the job began. */
export async function publishSet(folder: Folder, set: SyntheticSet): Promise<void> {
  await folder.publish(SYNTHETIC_FILE, encodeSyntheticSet(set));
  await folder.publish(GRID_FILE, await drawSet(set, folder.storage));
}

/** Keeps the whitening that a job works with, where it has one: before it begins. */
export async function keepPreprocessing(storage: Storage, preprocessing: Preprocessing): Promise<void> {
  if (preprocessing.zca !== undefined) await storage.write(PREPROCESSING_FILE, encodePreprocessing(preprocessing));
}

/** The whitening that a job began with; undefined where it has none. @throws DatadamError INVALID_RUN */
export async function keptPreprocessing(storage: Storage): Promise<Preprocessing | undefined> {
  const bytes = await storage.read(PREPROCESSING_FILE);
  return bytes && decodePreprocessing(bytes, `${storage.name}/${PREPROCESSING_FILE}`);
}

/** The set of a folder. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export async function readSet(storage: Storage): Promise<SyntheticSet> {
  const path = `${storage.name}/${SYNTHETIC_FILE}`;
  const bytes = await storage.read(SYNTHETIC_FILE);
  if (bytes === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No distilled set at ${path}`, {
      hint: "Give the folder of a finished run, or resume the run until it is finished.",
    });
  }
  const file = openSyntheticSet(bytes, path);
  return file.decode(file.whitened ? await keptPreprocessing(storage) : undefined);
}

/** The set of a file of ours; undefined where it is none. @throws DatadamError INVALID_RUN */
export async function readSetFile(path: string, readers: Readers): Promise<SyntheticSet | undefined> {
  if (!path.endsWith(".safetensors")) return undefined;
  const bytes = await readers.file(path);
  if (bytes === undefined || !isSyntheticSet(bytes)) return undefined;
  const file = openSyntheticSet(bytes, path);
  const above = path.replace(/[^/\\]*$/, "");
  return file.decode(file.whitened ? await keptPreprocessing(readers.storage(above === "" ? "." : above)) : undefined);
}

/** The set at a path: the result of a run, or a file of ours. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export async function readSetAt(path: string, readers: Readers): Promise<SyntheticSet> {
  const folder = readers.storage(path);
  if ((await folder.size(SYNTHETIC_FILE)) !== undefined) return readSet(folder);
  const synthetic = await readSetFile(path, readers);
  if (synthetic !== undefined) return synthetic;
  throw new DatadamError("RUN_NOT_FOUND", `No distilled set at ${path}`, {
    hint: "Give the folder of a finished run, or resume the run first.",
  });
}

/** What tells one set of images from another: SHA-256 of its images and labels. */
export function setHash({ images, labels, factor = 1 }: SyntheticSet): Promise<string> {
  return sha256(images, labels, ...(factor === 1 ? [] : [`factor ${factor}`]));
}

/** The same with its soft labels. */
export async function subjectHash(set: SyntheticSet): Promise<string> {
  return sha256(await setHash(set), ...(set.softLabels === undefined ? [] : [set.softLabels]));
}

/**
 * A set of another program. Of what looks like pixels where nothing was said of it, `likelyPixels` tells.
 *
 * @throws DatadamError INVALID_DATA, IO
 */
export async function readForeign(
  path: string,
  train: ImageSet,
  space: Space | undefined,
  context: Tools,
): Promise<ForeignSet> {
  const { foreign } = context.readers;
  if (foreign === undefined) {
    throw new DatadamError("INVALID_OPTION", `${path} is not a set of datadam, and sets of others cannot be read here`);
  }
  const { normalization } = train;
  const preprocessing: Preprocessing =
    space === "zca"
      ? (await prepareSet(train, { zca: true, zcaEps: 0.1 }, context)).preprocessing
      : { normalization, zca: undefined };
  const kind = space === "pixels" ? "pixels" : "prepared";
  const read = await foreign(path, { like: train, preprocessing, space: kind });
  const numbers = (list: readonly number[]): string => list.map((x) => x.toFixed(4)).join(" ");
  const by = `mean ${numbers(normalization.mean)}, std ${numbers(normalization.std)}`;
  const assumed = {
    normalized: `float images are taken to be normalised by ${by}`,
    zca: `float images are taken to be normalised by ${by} and whitened with eps 0.1 on ${train.name}`,
    pixels: `pixels, normalised by ${by}`,
  }[space ?? "normalized"];
  return {
    ...read,
    notes: [...read.notes, space === undefined ? `${assumed} (\`space\` can say otherwise)` : assumed],
  };
}

/** What to say of images that look like pixels and are not taken for them. */
export function pixelWarning(range: string, advice: string): string {
  const so = `all its numbers lie in ${range}, so its images are likely pixels`;
  return `${so}, and not normalised as was assumed: ${advice}`;
}

/**
 * The set that a distillation starts from: a run, finished or not, a file of ours, or a set of another program, whose
 * float images are taken to be normalised as the training images are.
 *
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, INVALID_DATA, IO
 */
export async function readInitial(path: string, train: ImageSet, context: Tools): Promise<SyntheticSet> {
  const folder = context.readers.storage(path);
  if ((await holdsRun(folder)) || (await folder.size(SYNTHETIC_FILE)) !== undefined) return readSet(folder);
  const synthetic = await readSetFile(path, context.readers);
  if (synthetic !== undefined) return synthetic;
  const { set, notes, warnings = [], likelyPixels } = await readForeign(path, train, "normalized", context);
  for (const note of notes) context.note(`initial images: ${note}`);
  for (const warning of warnings) context.warn(`initial images: ${warning}`);
  if (likelyPixels !== undefined) {
    const advice = "store them as bytes (uint8), which are always taken for pixels";
    context.warn(`initial images: ${pixelWarning(likelyPixels, advice)}`);
  }
  return set;
}

/** Reads it again for a job that is resumed. @throws DatadamError INVALID_DATA where it is no longer the same */
export async function rereadInitial(
  { path, sha256: expected }: RunInitial,
  train: ImageSet,
  context: Context,
): Promise<SyntheticSet> {
  const set = await readInitial(path, train, context);
  if ((await setHash(set)) === expected) return set;
  throw new DatadamError("INVALID_DATA", `The set at ${path} is not the one that the run started from`, {
    hint: "Put the earlier one back, or start a new run.",
  });
}
