import { Tensor } from "./tensor.ts";
/** `x - log(sum(exp(x)))` along the last axis. */
export declare function logSoftmax(x: Tensor): Tensor;
/** `exp(x) / sum(exp(x))` along the last axis. */
export declare function softmax(x: Tensor): Tensor;
/** Mean over rows of `-sum_k targets[k] logSoftmax(logits)[k]`; `logits` and `targets` (probabilities, one-hot for hard labels) `[n, classes]`. */
export declare function crossEntropy(logits: Tensor, targets: Tensor): Tensor;
//# sourceMappingURL=softmax.d.ts.map