// The operations on traced tensors. Light to import: what writes programs (ONNX) stands beside it, in `compile.ts`.

export { type ConvolutionOptions, conv2d } from "../convolution/convolution.ts";
export { constant, input, type Shape, Tensor } from "../tensor.ts";
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
} from "./elementwise.ts";
export { matmul } from "./matmul.ts";
export {
  type BatchStatistics,
  batchNorm,
  batchNormWith,
  batchStatistics,
  groupNorm,
  layerNorm,
  normalizeL2,
} from "./normalization.ts";
export { averagePool, maxPool, type PoolingOptions } from "./pooling.ts";
export { equal, max, mean, sum } from "./reduce.ts";
export { concatenate, expand, gather, pad, reshape, slice, transpose } from "./shape.ts";
export { crossEntropy, logSoftmax, softmax } from "./softmax.ts";
