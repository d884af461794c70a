// The data set of a command: loaded, described for the run's record, recognised when it comes back.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type DatasetOptions, datasets, loadDataset } from "../data/index.ts";
import { nearest } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import type { Dataset } from "../images/types.ts";
import { placeOf, readPlaces } from "../lab/node/places.ts";
import { fingerprint, type RunDataset, type SourceOptions } from "../run/index.ts";
import type { JobSettings } from "./settings.ts";
import type { Ui } from "./ui.ts";

type Location = Pick<JobSettings, "dataset" | "dataDir"> & SourceOptions;

/** Images decoded between two lines of a stage whose length is not known. */
const NOTE_EVERY = 10_000;

export interface Source {
  readonly dataset: Dataset;
  readonly description: RunDataset;
  /** What was told while it was read. */
  readonly warnings: readonly string[];
}

/** Loads what the settings name. */
export async function loadSource(location: Location, ui: Ui): Promise<Source> {
  const { dataset: name, dataDir } = location;
  refuseTypo(name);
  // A path is kept absolute, so that a run can be resumed from another folder.
  const source = !Object.hasOwn(datasets, name) && existsSync(name) ? resolve(name) : name;
  const dir = dataDir ?? (Object.hasOwn(datasets, name) ? placeOf(readPlaces(), name) : undefined);
  const options = { ...(dir === undefined ? {} : { dir }), ...saidOf(location) };
  const { onProgress, onWarning } = listeners(ui);
  const warnings: string[] = [];
  const dataset = await loadDataset(source, {
    ...options,
    onProgress,
    onWarning: (message) => {
      warnings.push(message);
      onWarning(message);
    },
  });
  ui.reporter.end();
  const { train } = dataset;
  return {
    dataset,
    warnings,
    description: {
      source,
      ...options,
      name: train.name,
      count: train.count,
      shape: train.shape,
      classNames: train.classNames,
      fingerprint: fingerprint(train),
    },
  };
}

/** Says which known name was meant, where none is given and nothing of that name is on the disk. */
function refuseTypo(name: string): void {
  const near = Object.hasOwn(datasets, name) || existsSync(name) ? undefined : nearest(name, Object.keys(datasets));
  if (near === undefined) return;
  const message = `There is no data set "${name}", and no file or folder of that name; did you mean ${near}?`;
  throw new DatadamError("DATASET_NOT_FOUND", message, { hint: "datadam data list tells the names that are known." });
}

/** Tells of decoding, and warns. */
export function listeners({ reporter }: Ui): Required<Pick<DatasetOptions, "onProgress" | "onWarning">> {
  const onProgress = (done: number, total: number | undefined): void => {
    if (total !== undefined) reporter.progress({ stage: "decoding", done, total });
    else if (done % NOTE_EVERY === 0) reporter.note(`decoded ${done} images`);
  };
  return { onProgress, onWarning: reporter.warn };
}

/** Loads the data set of a run again, from another place where `moved` says so. @throws DatadamError INVALID_DATA where it has changed */
export async function reloadSource(recorded: RunDataset, moved: Partial<Location>, ui: Ui): Promise<Source> {
  const loaded = await loadSource({ ...locationOf(recorded), ...moved }, ui);
  if (loaded.description.fingerprint !== recorded.fingerprint) {
    throw new DatadamError(
      "INVALID_DATA",
      `The images of ${loaded.description.source} are not those that the run was made from`,
      { hint: `The run has ${recorded.count} training images of ${recorded.name}; point --data-dir at them.` },
    );
  }
  return loaded;
}

/** Where a run's images were. */
export function locationOf(recorded: RunDataset): Location {
  const { source, dir } = recorded;
  return { dataset: source, ...(dir === undefined ? {} : { dataDir: dir }), ...saidOf(recorded) };
}

const SOURCE_OPTIONS: readonly (keyof SourceOptions)[] = ["size", "channels", "split", "labels", "store", "corrupt"];

/** The options of reading that were said, and nothing else. */
function saidOf(options: SourceOptions): SourceOptions {
  return Object.fromEntries(
    SOURCE_OPTIONS.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
}
