// The engine where there is no Node: none yet. What `#engine` means by default (see "imports" in package.json).

import { DatadamError } from "../errors.ts";
import type { Engine, EngineOptions } from "./types.ts";

/** @throws DatadamError `BACKEND_UNAVAILABLE`, always */
export async function createEngine(_options?: EngineOptions): Promise<Engine> {
  throw new DatadamError("BACKEND_UNAVAILABLE", "datadam has no engine of its own outside Node.js", {
    hint: "Pass an engine: an object that implements the Engine interface of datadam/engine.",
  });
}
