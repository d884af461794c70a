// Log-softmax and the losses made of it.

import { type Primitive, sameShape, showShape, Tensor } from "../tensor.ts";
import { exp, mul, neg, sub } from "./elementwise.ts";
import { mean, sum } from "./reduce.ts";

const logSoftmaxPrimitive: Primitive = {
  name: "logSoftmax",
  vjp: (g, node) => [sub(g, mul(exp(node), sum(g, [-1], { keep: true })))],
  // Not ONNX's LogSoftmax: the WebGPU provider lacks it.
  emit: (emitter, [x]) => {
    const last = emitter.int64([-1]);
    const shifted = emitter.node("Sub", [x, emitter.node("ReduceMax", [x, last], { keepdims: 1 })]);
    const total = emitter.node("ReduceSum", [emitter.node("Exp", [shifted]), last], { keepdims: 1 });
    return emitter.node("Sub", [shifted, emitter.node("Log", [total])]);
  },
};

/** `x - log(sum(exp(x)))` along the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  return new Tensor(logSoftmaxPrimitive, [x], {}, x.shape);
}

/** `exp(x) / sum(exp(x))` along the last axis. */
export function softmax(x: Tensor): Tensor {
  return exp(logSoftmax(x));
}

/**
 * Mean over rows of `-sum_k targets[k] logSoftmax(logits)[k]`; `logits` and `targets` (probabilities, one-hot for hard
 * labels) `[n, classes]`.
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  if (logits.shape.length !== 2 || !sameShape(logits.shape, targets.shape)) {
    throw new RangeError(
      `crossEntropy: logits ${showShape(logits.shape)} and targets ${showShape(targets.shape)} differ`,
    );
  }
  return neg(mean(sum(mul(targets, logSoftmax(logits)), [1])));
}
