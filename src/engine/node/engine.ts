// The engine of Node (what `#engine` means there, see "imports" in package.json): worker threads.

import { availableParallelism, tmpdir } from "node:os";
import { settle } from "../pool/options.ts";
import { Pool } from "../pool/pool.ts";
import type { Engine, EngineOptions } from "../types.ts";
import { thread } from "./thread.ts";

/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not an integer from 1 to 1024, a negative memory, or
 *   a device that is not known or takes fewer workers.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { device, workers, weightsMemory } = settle(options, availableParallelism());
  // Before the worker starts: Vulkan's loader reads the environment of the process, and complains to stderr without it.
  if (device === "webgpu" && process.platform === "linux") process.env.XDG_RUNTIME_DIR ??= tmpdir();
  return new Pool(device, thread(device), workers, weightsMemory);
}
