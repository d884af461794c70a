import type { Engine, EngineOptions } from "./types.ts";
/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not a positive integer.
 */
export declare function createEngine({ device, workers }?: EngineOptions): Promise<Engine>;
//# sourceMappingURL=engine.d.ts.map