// What jobs are handed in a browser: its storage, data sets of the page, ONNX Runtime in web workers.

import { createEngine } from "../../engine/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/index.ts";
import { browserStorage, livingPages, thisPage } from "../../storage/browser/index.ts";
import { loaded } from "../inputs/load.ts";
import type { LabOptions, Readers } from "../types.ts";

export {
  decodeLetters,
  decodePicture,
  type GivenFile,
  type GivenOptions,
  readGiven,
} from "../../data/browser/index.ts";
export { browserStorage, indexedDb, livingPages, opfs, thisPage } from "../../storage/browser/index.ts";
export { keepBank } from "./keepBank.ts";

/**
 * Readers of data sets that a page has, by the names that jobs give them.
 *
 * @param storage of a path. Default: {@link browserStorage}.
 */
export function readersOf(
  datasets: Readonly<Record<string, () => Promise<Dataset>>>,
  storage: Readers["storage"] = browserStorage,
): Readers {
  return {
    async dataset(options) {
      const load = datasets[options.dataset];
      if (load !== undefined) return loaded(await load(), options);
      throw new DatadamError("DATASET_NOT_FOUND", `This page has no data set "${options.dataset}"`, {
        hint: `It has: ${Object.keys(datasets).join(", ")}.`,
      });
    },
    storage,
    file: async () => undefined,
  };
}

/**
 * What `run` needs in a browser: `run(job, browserStorage("run"), await optionsOf({ flowers }))`.
 *
 * A folder whose page or worker was closed is free at once: who holds it holds a lock, too.
 */
export async function optionsOf(datasets: Readonly<Record<string, () => Promise<Dataset>>>): Promise<LabOptions> {
  const [owner, isAlive] = await Promise.all([thisPage(), livingPages()]);
  return { engine: createEngine, readers: readersOf(datasets), owner, isAlive };
}
