// Running programs: one interface for all devices, over the engine of the platform.

// The engine of the platform: package.json maps the name, by condition, so that no bundle for a browser meets Node's.
export { createEngine } from "#engine";
export { type BackendReport, probeBackends } from "./probe.ts";
export type {
  ArrayOf,
  Binding,
  BindingStatistics,
  Device,
  DType,
  Engine,
  EngineOptions,
  Feeds,
  Program,
  Signature,
} from "./types.ts";
