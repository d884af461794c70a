// What jobs are handed in Node: folders, readers of the disk, ONNX Runtime in worker threads, the cache.

import { cacheFolder } from "../../data/index.ts";
import { createEngine } from "../../engine/index.ts";
import { folder, isAlive, thisProcess } from "../../storage/node/index.ts";
import type { LabOptions } from "../types.ts";
import { folderCache } from "./cache.ts";
import { machine } from "./environment.ts";
import { measureApart } from "./measure.ts";
import { peakMemory } from "./memory.ts";
import { readers } from "./readers.ts";
import { versions } from "./versions.ts";

/** Everything that `run` needs in Node: `run(job, folder("runs/a"), defaults)`. */
export const defaults: LabOptions = {
  engine: createEngine,
  readers,
  cache: (warn) => folderCache(cacheFolder(), warn),
  get versions() {
    return versions();
  },
  get environment() {
    return { machine: machine() };
  },
  measure: measureApart,
  peakMemory,
  get owner() {
    return thisProcess();
  },
  isAlive,
};

/** All of this module under one name. */
export const node: { readonly folder: typeof folder; readonly defaults: LabOptions } = { folder, defaults };

export { errno, folder, ioError, isAlive, readError, storageAt, thisProcess } from "../../storage/node/index.ts";
export { folderCache } from "./cache.ts";
export { machine } from "./environment.ts";
export { watchMemory } from "./memory.ts";
export {
  type AddedSet,
  addSet,
  dataFolder,
  fetchSet,
  filesOf,
  type NamedSet,
  namedSets,
  requireNamed,
} from "./namedSets.ts";
export { type Places, placeOf, placesFile, readPlaces, rememberPlace } from "./places.ts";
export { readers } from "./readers.ts";
export { version, versions } from "./versions.ts";
