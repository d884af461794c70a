// The operations on traced tensors. Light to import: what writes programs (ONNX) stands beside it, in `compile.ts`.

export { type ConvolutionOptions, conv2d } from "./convolution/convolution.ts";
export {
  abs,
  add,
  div,
  erf,
  exp,
  gelu,
  leakyRelu,
  log,
  maximum,
  mul,
  neg,
  type Operand,
  power,
  relu,
  sigmoid,
  sign,
  sqrt,
  step,
  sub,
  swish,
} from "./ops/elementwise.ts";
export { matmul } from "./ops/matmul.ts";
export {
  type BatchStatistics,
  batchNorm,
  batchNormWith,
  batchStatistics,
  groupNorm,
  layerNorm,
  normalizeL2,
} from "./ops/normalization.ts";
export { averagePool, maxPool, type PoolingOptions } from "./ops/pooling.ts";
export { equal, max, mean, sum } from "./ops/reduce.ts";
export { concatenate, expand, gather, pad, reshape, slice, transpose } from "./ops/shape.ts";
export { crossEntropy, logSoftmax, softmax } from "./ops/softmax.ts";
export { constant, input, type Shape, Tensor } from "./tensor.ts";
