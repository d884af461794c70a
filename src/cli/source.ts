// The data set that a command names, as a job's `data`; and what is shown while one is read.

import { resolve } from "node:path";
import type { DatasetOptions } from "../data/index.ts";
import { readingArguments } from "../data/readingTable.ts";
import type { DataOptions } from "../lab/types.ts";
import type { SourceOptions } from "../run/index.ts";
import type { JobSettings } from "./settings.ts";
import type { Ui } from "./ui.ts";

type Location = Pick<JobSettings, "dataset" | "dataDir"> & SourceOptions;

/** Milliseconds between two lines of a stage whose length is not known. */
const NOTE_EVERY = 5000;

/** Tells of decoding, and warns. */
export function listeners({ reporter }: Ui): Required<Pick<DatasetOptions, "onProgress" | "onWarning">> {
  let noted = performance.now();
  const onProgress = (done: number, total: number | undefined): void => {
    if (total !== undefined) reporter.progress({ stage: "decoding", done, total });
    else if (performance.now() - noted >= NOTE_EVERY) {
      reporter.note(`decoded ${done} images`);
      noted = performance.now();
    }
  };
  return { onProgress, onWarning: reporter.warn };
}

/** The part of the settings that is a job's `data`. */
export function dataOf(location: Location): DataOptions {
  const { dataset, dataDir: dir } = location;
  const reading = readingArguments.flatMap((key) => (location[key] === undefined ? [] : [[key, location[key]]]));
  return { dataset, ...(dir === undefined ? {} : { dir: resolve(dir) }), ...Object.fromEntries(reading) };
}
