// Running programs: back ends behind one interface, in worker threads.

// The engine of the platform: package.json maps the name, by condition, so that no bundle for a browser meets Node's.
export { createEngine, createMultiplier } from "#engine";
export { type BackendReport, probeBackends } from "./probe.ts";
export type {
  Binding,
  Device,
  DType,
  Engine,
  EngineOptions,
  Feeds,
  Matrix,
  Multiplier,
  Multiply,
  Program,
  Signature,
} from "./types.ts";
