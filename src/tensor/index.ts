// Traced tensors: record a computation, differentiate it, write it as an ONNX program.

export { type CompileOptions, compile, valueInfo } from "./compile.ts";
export { grad, vjp } from "./grad.ts";
export * from "./ops/index.ts";
export { substitute } from "./substitute.ts";
