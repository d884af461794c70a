// Traced tensors: record a computation, differentiate it, write it as an ONNX program.
export { compile, valueInfo } from "./compile.js";
export { conv2d } from "./convolution.js";
export { abs, add, div, erf, exp, gelu, leakyRelu, log, maximum, mul, neg, power, relu, sigmoid, sign, sqrt, step, sub, swish, } from "./elementwise.js";
export { grad, vjp } from "./grad.js";
export { matmul } from "./matmul.js";
export { batchNorm, batchNormWith, batchStatistics, groupNorm, layerNorm, normalizeL2, } from "./normalization.js";
export { averagePool, maxPool } from "./pooling.js";
export { equal, max, mean, sum } from "./reduce.js";
export { concatenate, expand, gather, pad, reshape, slice, transpose } from "./shape.js";
export { crossEntropy, logSoftmax, softmax } from "./softmax.js";
export { constant, input, Tensor } from "./tensor.js";
//# sourceMappingURL=index.js.map