// The data set of a command that is not a job: loaded, and described for its record.

import type { DatasetOptions } from "../data/index.ts";
import { readingArguments } from "../data/readingTable.ts";
import { type Source as LoadedSource, loadData, optionsOf, reloadData } from "../lab/parts.ts";
import type { DataOptions } from "../lab/types.ts";
import type { RunDataset, SourceOptions } from "../run/index.ts";
import type { JobSettings } from "./settings.ts";
import { withTools } from "./tools.ts";
import type { Ui } from "./ui.ts";

type Location = Pick<JobSettings, "dataset" | "dataDir"> & SourceOptions;

/** Images decoded between two lines of a stage whose length is not known. */
const NOTE_EVERY = 10_000;

export interface Source extends LoadedSource {
  /** What was told while it was read. */
  readonly warnings: readonly string[];
}

/** Loads what the settings name. */
export async function loadSource(location: Location, ui: Ui): Promise<Source> {
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    ui.reporter.warn(message);
  };
  const source = await withTools(ui, {}, (tools) => loadData(dataOf(location), { ...tools, warn }));
  return { ...source, warnings };
}

/** Loads the data set of a record again, from another place where `moved` says so. */
export async function reloadSource(recorded: RunDataset, moved: Partial<Location>, ui: Ui): Promise<LoadedSource> {
  const place = dataOf({ ...locationOf(recorded), ...moved });
  return withTools(ui, {}, (tools) => reloadData(recorded, place, tools));
}

/** Where a record's images were. */
export function locationOf(recorded: RunDataset): Location {
  const { dir, ...options } = optionsOf(recorded);
  return { ...options, ...(dir === undefined ? {} : { dataDir: dir }) } as Location;
}

/** Tells of decoding, and warns. */
export function listeners({ reporter }: Ui): Required<Pick<DatasetOptions, "onProgress" | "onWarning">> {
  const onProgress = (done: number, total: number | undefined): void => {
    if (total !== undefined) reporter.progress({ stage: "decoding", done, total });
    else if (done % NOTE_EVERY === 0) reporter.note(`decoded ${done} images`);
  };
  return { onProgress, onWarning: reporter.warn };
}

/** The part of the settings that is a job's `data`. */
export function dataOf(location: Location): DataOptions {
  const { dataset, dataDir: dir } = location;
  const reading = readingArguments.flatMap((key) => (location[key] === undefined ? [] : [[key, location[key]]]));
  return { dataset, ...(dir === undefined ? {} : { dir }), ...Object.fromEntries(reading) };
}
