// The data set of a job: loaded, described for the record, recognised when it comes back.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { Dataset, ImageSet } from "../../images/index.ts";
import type { RunDataset } from "../../run/portable.ts";
import { fingerprintOf } from "../folder/hash.ts";
import type { Context, LoadedDataset } from "../types.ts";
import { type DataOptions, dataSchema } from "./data.ts";

type Tools = Pick<Context, "readers" | "signal" | "note" | "warn" | "progress">;

/** Milliseconds between two notes of a stage whose length is not known. */
const NOTE_EVERY = 5000;

/** A data set with its description. */
export interface Source extends LoadedDataset {
  readonly description: RunDataset;
}

/** Loads what a job names. @param whole see `Listeners` */
export async function loadData(options: DataOptions, context: Tools, whole = false): Promise<Source> {
  const { readers, note, warn, progress } = context;
  let noted = performance.now();
  const listeners = {
    onProgress(done: number, total: number | undefined): void {
      if (total !== undefined) progress({ stage: "decoding", done, total });
      else if (performance.now() - noted >= NOTE_EVERY) {
        note(`decoded ${done} images`);
        noted = performance.now();
      }
    },
    onWarning: warn,
    whole,
  };
  const loaded = await untilAborted(readers.dataset(options, listeners), context.signal);
  const { dataset: source, ...rest } = loaded.options;
  const { name, count, shape, classNames } = loaded.dataset.train;
  return {
    ...loaded,
    description: { source, ...rest, name, count, shape, classNames, fingerprint: loaded.fingerprint },
  };
}

/** A data set that is in memory already, for readers of one's own: `dataset: (options) => loaded(mine, options)`. */
export async function loaded(dataset: Dataset, options: DataOptions): Promise<LoadedDataset> {
  return { dataset, options, fingerprint: await fingerprintOf(dataset.train) };
}

/**
 * Loads the data set of a record again.
 *
 * @param moved where it is now, where it has moved: also what was a path is then found by `dir`, itself or in it.
 * @throws DatadamError INVALID_DATA where its images have changed, DATASET_NOT_FOUND
 */
export async function reloadData(recorded: RunDataset, moved: Partial<DataOptions>, context: Tools): Promise<Source> {
  const options = placed({ ...optionsOf(recorded), ...defined(moved) }, recorded, context);
  const source = await loadData(options, context, true).catch((error: unknown) => {
    if (!(error instanceof DatadamError && error.code === "DATASET_NOT_FOUND")) throw error;
    throw new DatadamError(error.code, `${options.dataset} is not there any more`, {
      cause: error,
      hint: `Where ${recorded.name} is now, say by \`dir\`: its images are compared with those of then.`,
    });
  });
  if (source.fingerprint !== recorded.fingerprint) {
    throw new DatadamError(
      "INVALID_DATA",
      `The images of ${source.options.dataset} are not those that the run was made from`,
      { hint: `The run has ${recorded.count} training images of ${recorded.name}: say where they are by \`dir\`.` },
    );
  }
  return source;
}

/** A data set that was given by its path has no folder of its own: the new place takes that of the path. */
function placed({ dir, ...options }: DataOptions, recorded: RunDataset, { readers }: Tools): DataOptions {
  if (dir === undefined || recorded.dir !== undefined || recorded.source === "builtin") return { ...options, dir };
  const name = recorded.source.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  const inside = readers.place?.(name, dir);
  return { ...options, dataset: inside === undefined || inside === name ? dir : inside };
}

/** The record of a data set that was loaded again, with the place where it is now. */
export function asFound(recorded: RunDataset, { description: { source, dir } }: Source): RunDataset {
  const { dir: _, ...rest } = recorded;
  return { ...rest, source, ...(dir !== undefined && { dir }) };
}

/** How the images of a record were read. */
export function optionsOf({ source, ...recorded }: RunDataset): DataOptions {
  const known = Object.entries(recorded).filter(([key]) => key in dataSchema.shape);
  return { ...Object.fromEntries(known), dataset: source };
}

/** How many images of how many classes there are, what size they were and are, and whether some are for testing. */
export async function inWords({ dataset, options, sizes }: LoadedDataset): Promise<string> {
  const { train, test } = dataset;
  const [channels, height, width] = train.shape;
  const original = await sizes?.();
  const now = `${height} x ${width} px${channels === 1 ? ", grey" : ""}`;
  const same = original === undefined || original === `${height} x ${width} px`;
  const size = same ? now : `${original}, which become ${now}`;
  const counts = `${counted(train.count, "training image")} of ${counted(train.classNames.length, "class", "classes")}`;
  const images = test && counted(test.count, "image");
  const tested =
    images === undefined
      ? "no test part, so that the result cannot be evaluated on it"
      : options.holdOut !== undefined
        ? `${images} held out of the training part for choosing settings; the test images are not looked at`
        : dataset.split !== undefined
          ? `${images} held out for testing (\`split\` ${dataset.split})`
          : `${images} for testing`;
  return `${counts}, ${size}; ${tested}`;
}

/** The test part. @throws DatadamError INVALID_OPTION where there is none */
export function requireTest({ name, test }: { readonly name: string; readonly test: ImageSet | undefined }): ImageSet {
  if (test !== undefined) return test;
  throw new DatadamError("INVALID_OPTION", `${name} has no test images to evaluate on`, {
    hint: "Give another `dataset`, or make the set anew with `split` 0.8: a fifth of the images is then for testing.",
  });
}

/** The classes of a shard, ascending; null for all. @throws DatadamError INVALID_OPTION */
export function checkClasses(
  classes: readonly number[] | undefined,
  names: readonly string[],
): readonly number[] | null {
  if (classes === undefined) return null;
  const beyond = classes.find((label) => label >= names.length);
  if (beyond !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `\`classes\`: there is no class ${beyond}; the data set has classes 0 to ${names.length - 1}`,
    );
  }
  const wanted = [...new Set(classes)].sort((a, b) => a - b);
  return wanted.length === names.length ? null : wanted;
}

/** Those of the options that are there. */
export function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** What `work` gives, or the signal's reason as soon as it is aborted: for work that cannot be stopped. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
