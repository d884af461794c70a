export { type BackendReport, probeBackends } from "./backends.ts";
export { createEngine } from "./engine.ts";
export { createMultiplier } from "./multiply.ts";
export type { Binding, Device, DType, Engine, EngineOptions, Feeds, Matrix, Multiplier, Multiply, Program, Signature, } from "./types.ts";
//# sourceMappingURL=index.d.ts.map