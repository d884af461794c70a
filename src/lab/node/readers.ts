// What jobs name, read from this machine's disk.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { datasets, inspectDataset, loadDataset, readForeignSet } from "../../data/index.ts";
import { nearest } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { imageSize } from "../../images/index.ts";
import { LIMITS } from "../../limits.ts";
import { errno, fingerprint, fingerprintInTurns, readError } from "../../run/index.ts";
import { readRegular, storageAt } from "../../storage/node/index.ts";
import type { LoadedDataset, Readers } from "../types.ts";
import { originalSizes } from "./originalSizes.ts";
import { placeOf, readPlaces } from "./places.ts";

/** Larger sets are not read for warnings before each job; `datadam data info` does. */
const INSPECTED_BYTES = 2 ** 30;

/** Of each class, where a set has no test part. */
const TRAINED_SHARE = 0.8;

/** Readers of the disk: names as `datadam data add` placed them, paths relative to the current folder. */
export const readers: Readers = {
  async dataset({ dataset: name, ...given }, listeners): Promise<LoadedDataset> {
    assertNotMisspelt(name);
    const known = Object.hasOwn(datasets, name);
    // A path is kept absolute, so that a job can be resumed from another folder.
    const source = !known && existsSync(name) ? resolve(name) : name;
    const dir = given.dir === undefined ? (known ? placeOf(readPlaces(), name) : undefined) : resolve(given.dir);
    const options = { ...given, ...(dir === undefined ? {} : { dir }) };
    const { whole, ...told } = listeners;
    const dataset = await loadDataset(source, { ...options, ...told, ...(!whole && { defaultSplit: TRAINED_SHARE }) });
    const { train, split } = dataset;
    return {
      dataset,
      options: { dataset: source, ...options, ...(split !== undefined && { split }) },
      fingerprint: await fingerprintInTurns(train),
      fingerprintOf: fingerprint,
      sizes: () => originalSizes(source),
      inspect: () => (train.count * imageSize(train) <= INSPECTED_BYTES ? inspectDataset(dataset).warnings : []),
    };
  },
  place(dataset, above) {
    if (Object.hasOwn(datasets, dataset)) return dataset;
    const path = resolve(above, dataset);
    return existsSync(path) ? path : dataset;
  },
  storage: storageAt,
  async file(path) {
    try {
      return await readRegular(path, LIMITS.arrayFileBytes);
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errno(error) ?? "")) return undefined;
      throw readError(error, `Cannot read ${path}`);
    }
  },
  foreign: readForeignSet,
};

/** Says which known name was meant, where none is given and nothing of that name is on the disk. */
function assertNotMisspelt(name: string): void {
  const near = Object.hasOwn(datasets, name) || existsSync(name) ? undefined : nearest(name, Object.keys(datasets));
  if (near === undefined) return;
  const message = `There is no data set "${name}", and no file or folder of that name; did you mean ${near}?`;
  throw new DatadamError("DATASET_NOT_FOUND", message, {
    hint: `Known names: ${Object.keys(datasets).join(", ")}.`,
  });
}
