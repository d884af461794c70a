// Layers as pairs: the parameters they own, and what they do.

import {
  add,
  averagePool,
  batchNorm,
  batchNormWith,
  batchStatistics,
  groupNorm,
  layerNorm,
  leakyRelu,
  matmul,
  maxPool,
  mul,
  relu,
  reshape,
  sigmoid,
  swish,
  type Tensor,
  transpose,
} from "../tensor/operations.ts";
import type { Activation, Norm, Pooling } from "./names.ts";
import type { ParameterSpec, Tensors } from "./network.ts";

export { ACTIVATIONS, type Activation, NORMS, type Norm, POOLINGS, type Pooling } from "./names.ts";

/** Groups of `group` norm in the family's ConvNet. */
const GROUPS = 4;

/** The activation of that name. */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case "relu":
      return relu(x);
    case "leaky_relu":
      return leakyRelu(x);
    case "sigmoid":
      return sigmoid(x);
    case "swish":
      return swish(x);
  }
}

/** 2 x 2 windows, stride 2. */
export function pool(x: Tensor, pooling: Pooling): Tensor {
  if (pooling === "none") return x;
  return pooling === "average" ? averagePool(x, 2) : maxPool(x, 2);
}

/** `[n, ...]` as `[n, d]`. */
export function flatten(x: Tensor): Tensor {
  return reshape(x, [x.shape[0], -1]);
}

/** `x W^T + b` of rows `x [n, d]`, with the layer's weight `[outputs, d]` and bias (where it has one). */
export function linear(x: Tensor, values: Tensors, name: string): Tensor {
  const product = matmul(x, transpose(values[`${name}.weight`]));
  const bias = values[`${name}.bias`];
  return bias === undefined ? product : add(product, bias);
}

/**
 * `<name>.weight` of `shape` `[outputs, inputs, height, width]` and `<name>.bias`, in PyTorch's default distribution.
 */
export function convSpecs(name: string, shape: readonly [number, number, number, number]): ParameterSpec[] {
  const bound = 1 / Math.sqrt(shape[1] * shape[2] * shape[3]);
  return [
    { name: `${name}.weight`, shape, initial: { bound } },
    { name: `${name}.bias`, shape: [shape[0]], initial: { bound } },
  ];
}

/** {@link convSpecs} without the bias. */
export function unbiasedConvSpecs(name: string, shape: readonly [number, number, number, number]): ParameterSpec[] {
  return convSpecs(name, shape).slice(0, 1);
}

/** `<name>.weight` `[outputs, inputs]` and `<name>.bias`, in PyTorch's default distribution. */
export function linearSpecs(name: string, inputs: number, outputs: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(inputs);
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], initial: { bound } },
    { name: `${name}.bias`, shape: [outputs], initial: { bound } },
  ];
}

/**
 * `<name>.weight` and `<name>.bias` of a norm, at first the identity; none for norm `none`. They are `[channels]`,
 * those of layer norm over maps of `sides` `[channels, height, width]`, as of PyTorch's `LayerNorm`.
 */
export function normSpecs(
  name: string,
  norm: Norm,
  channels: number,
  sides: readonly [] | readonly [height: number, width: number] = [],
): ParameterSpec[] {
  if (norm === "none") return [];
  const shape = norm === "layer" ? [channels, ...sides] : [channels];
  return [
    { name: `${name}.weight`, shape, initial: { value: 1 } },
    { name: `${name}.bias`, shape, initial: { value: 0 } },
  ];
}

/** Running statistics of batch norm; none for other norms. */
export function normBuffers(name: string, norm: Norm, channels: number): ParameterSpec[] {
  if (norm !== "batch") return [];
  return [
    { name: `${name}.running_mean`, shape: [channels], initial: { value: 0 } },
    { name: `${name}.running_var`, shape: [channels], initial: { value: 1 } },
  ];
}

/** Tensors of the batch norms of a pass: see `Forward`. */
export interface NormRecord {
  readonly statistics: Record<string, Tensor>;
  readonly normalized: Record<string, Tensor>;
}

/**
 * Normalises `x + offset` (offset `[channels]`, the convolution's bias where it has one). Norms that centre each
 * channel take it away again, so there it is never added (its gradient is zero too). With batch norm, adds to `record`
 * what running statistics are updated with (in training mode) or what is normalised (in evaluation mode).
 */
export function normalize(
  convolved: Tensor,
  offset: Tensor | undefined,
  norm: Norm,
  name: string,
  values: Tensors,
  mode: "train" | "evaluate",
  record: NormRecord,
): Tensor {
  const centred = norm === "instance" || (norm === "batch" && mode === "train");
  const x = centred || offset === undefined ? convolved : add(convolved, reshape(offset, [1, -1, 1, 1]));
  if (norm === "none") return x;
  const [scale, bias] = [values[`${name}.weight`], values[`${name}.bias`]];
  if (norm === "batch") {
    const [mean, variance] = [`${name}.running_mean`, `${name}.running_var`];
    if (mode === "evaluate") {
      record.normalized[name] = x;
      return batchNormWith(x, scale, bias, { mean: values[mean], variance: values[variance] });
    }
    const batch = batchStatistics(x);
    record.statistics[mean] = add(batch.mean, offset ?? 0);
    // Running variances are unbiased, as PyTorch's are.
    const positions = x.size / x.shape[1];
    record.statistics[variance] = mul(batch.variance, positions / Math.max(1, positions - 1));
    return batchNorm(x, scale, bias);
  }
  const [n, channels] = x.shape;
  if (norm === "layer" && scale.shape.length > 1) {
    return reshape(layerNorm(reshape(x, [n, -1]), reshape(scale, [-1]), reshape(bias, [-1])), x.shape);
  }
  return groupNorm(x, { instance: channels, group: GROUPS, layer: 1 }[norm], scale, bias);
}
