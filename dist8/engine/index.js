// Running programs: back ends behind one interface, in worker threads.
export { probeBackends } from "./backends.js";
export { createEngine } from "./engine.js";
export { createMultiplier } from "./multiply.js";
//# sourceMappingURL=index.js.map