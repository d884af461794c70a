// The data set that a command names, as a job's `data`; and what is shown while one is read.

import { resolve } from "node:path";
import type { DatasetOptions } from "../data/index.ts";
import { readingArguments } from "../data/readingTable.ts";
import type { DataOptions } from "../lab/types.ts";
import type { SourceOptions } from "../run/index.ts";
import type { JobSettings } from "./settings.ts";
import type { Ui } from "./ui.ts";

type Location = Pick<JobSettings, "dataset" | "dataDir"> & SourceOptions;

/** Images decoded between two lines of a stage whose length is not known. */
const NOTE_EVERY = 10_000;

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
  return { dataset, ...(dir === undefined ? {} : { dir: resolve(dir) }), ...Object.fromEntries(reading) };
}
