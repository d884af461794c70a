// The engine of browsers (what `#engine` means there, see "imports" in package.json): onnxruntime-web in web workers,
// or in this thread where there are none.

import { sharesMemory } from "../../sharedMemory.ts";
import { settle } from "../pool/options.ts";
import { Pool } from "../pool/pool.ts";
import type { Engine, EngineOptions } from "../types.ts";
import { alone } from "./alone.ts";
import { thisThread, webWorker } from "./channels.ts";

/** Each has a runtime and heap of its own, of some hundred MB. */
const MOST_WORKERS = 8;

/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used. Without `workers` there is
 * one for each core, 8 at most, where the page is isolated (`crossOriginIsolated`), and one where it is not.
 *
 * @throws DatadamError `INVALID_OPTION` as under Node
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const cores = sharesMemory ? Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, MOST_WORKERS) : 1;
  const inWorkers = typeof Worker !== "undefined";
  const { device, workers, weightsMemory } = settle(options, inWorkers ? cores : 1);
  if (!inWorkers) return new Pool(device, thisThread(device), 1, weightsMemory);
  const open = webWorker(device);
  return new Pool(device, sharesMemory ? open : alone(open), workers, weightsMemory);
}
