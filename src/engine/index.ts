// Running programs: back ends behind one interface, in worker threads.

export { createEngine } from "./engine.ts";
export { createMultiplier } from "./multiply.ts";
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
