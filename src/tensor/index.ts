// Traced tensors: record a computation, differentiate it, write it as an ONNX program.

export { type CompileOptions, compile, elementType, valueInfo } from "./compile.ts";
export { grad, vjp } from "./grad.ts";
export { ANY_BATCH, portableModel } from "./onnx/portable.ts";
export * from "./operations.ts";
export { substitute } from "./substitute.ts";
