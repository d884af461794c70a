// The engine of Node: ONNX Runtime in worker threads. What `#engine` means under Node (see "imports" in package.json).

export { createEngine } from "./engine.ts";
export { createMultiplier } from "./multiply.ts";
