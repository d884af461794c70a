// Normalisation to zero mean and unit variance, and the layers made of it.

import type { Emitter } from "../onnx/emitter.ts";
import { sizeOf } from "../size.ts";
import { constant, type Primitive, type Shape, showShape, Tensor } from "../tensor.ts";
import { add, div, maximum, mul, sqrt, sub } from "./elementwise.ts";
import { mean, sum } from "./reduce.ts";
import { reshape, transpose } from "./shape.ts";

const normalizeRowsPrimitive: Primitive = {
  name: "normalizeRows",
  vjp: (g, node) => {
    const [x, scale, bias] = node.inputs;
    const eps = node.attributes.eps as number;
    const m = x.shape[2];
    const centred = sub(x, mean(x, [2], { keep: true }));
    const variance = add(mean(mul(centred, centred), [2], { keep: true }), eps);
    const deviation = sqrt(variance);
    // Sums of rows first: those of scale and bias are sums of these.
    const along = sum(mul(g, centred), [2], { keep: true });
    const level = sum(g, [2], { keep: true });
    const rest = sub(sub(g, mul(level, 1 / m)), mul(centred, div(mul(along, 1 / m), variance)));
    const dx = mul(div(reshape(scale, [1, -1, 1]), deviation), rest);
    return [dx, reshape(sum(div(along, deviation), [0]), scale.shape), reshape(sum(level, [0]), bias.shape)];
  },
  emit: (emitter, [x, scale, bias], node) =>
    emitter.node("InstanceNormalization", [centred(emitter, x, node.shape), scale, bias], {
      epsilon: { float: node.attributes.eps as number },
    }),
};

/** Rows longer than this have their mean taken in two levels. */
const LONG_ROW = 4096;

/**
 * ONNX Runtime adds up a row one number after another: over the 100,000 of a batch's channel its mean is off by 1e-6,
 * which turns the sign of values near 0 before a ReLU, and with it entries of the gradient. Rows that are centred first
 * have next to nothing to add up.
 */
function centred(emitter: Emitter, x: string, [n, c, m]: Shape): string {
  let part = Math.floor(Math.sqrt(m));
  while (m % part !== 0) part--;
  if (m <= LONG_ROW || part === 1) return x;
  const parts = emitter.node("Reshape", [x, emitter.int64([n, c, m / part, part])]);
  const means = emitter.node("ReduceMean", [parts, emitter.int64([3])], { keepdims: 1 });
  const mean = emitter.node("ReduceMean", [means, emitter.int64([2])], { keepdims: 1 });
  return emitter.node("Sub", [x, emitter.node("Reshape", [mean, emitter.int64([n, c, 1])])]);
}

function ones(shape: Shape): Tensor {
  return constant(new Float32Array(sizeOf(shape)).fill(1), shape);
}
function zeros(shape: Shape): Tensor {
  return constant(new Float32Array(sizeOf(shape)), shape);
}

/**
 * `scale * (x - mean) / sqrt(variance + eps) + bias` along the last axis of `x [n, c, m]`; `scale`, `bias` `[c]`.
 * Variance divides by m.
 */
function normalizeRows(x: Tensor, scale: Tensor, bias: Tensor, eps: number): Tensor {
  const [, c] = x.shape;
  if (x.shape.length !== 3 || scale.size !== c || bias.size !== c) {
    throw new RangeError(
      `normalizeRows: ${showShape(x.shape)} needs scale and bias of [${c}], ` +
        `got ${showShape(scale.shape)} and ${showShape(bias.shape)}`,
    );
  }
  return new Tensor(normalizeRowsPrimitive, [x, reshape(scale, [c]), reshape(bias, [c])], { eps }, x.shape);
}

const PER_CHANNEL = [1, -1, 1, 1];

/**
 * Group normalisation of `x [n, c, h, w]` with `scale`, `bias` `[c]` (Wu & He 2018). `groups = c` is instance
 * normalisation, `groups = 1` layer normalisation over (c, h, w). Default eps 1e-5.
 */
export function groupNorm(x: Tensor, groups: number, scale: Tensor, bias: Tensor, eps: number = 1e-5): Tensor {
  const [n, c, h, w] = x.shape;
  if (x.shape.length !== 4 || !Number.isInteger(groups) || groups < 1 || c % groups !== 0) {
    throw new RangeError(`groupNorm: ${groups} groups do not divide the channels of ${showShape(x.shape)}`);
  }
  if (groups === c) return reshape(normalizeRows(reshape(x, [n, c, h * w]), scale, bias, eps), x.shape);
  const rows = reshape(x, [n, groups, (c / groups) * h * w]);
  const unit = reshape(normalizeRows(rows, ones([groups]), zeros([groups]), eps), x.shape);
  return add(mul(unit, reshape(scale, PER_CHANNEL)), reshape(bias, PER_CHANNEL));
}

/**
 * Layer normalisation of `x [..., d]` along its last axis with `scale`, `bias` `[d]` (Ba et al. 2016). Default eps
 * 1e-5.
 */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, eps: number = 1e-5): Tensor {
  const d = x.shape[x.shape.length - 1];
  if (x.shape.length === 0 || scale.size !== d || bias.size !== d) {
    throw new RangeError(
      `layerNorm: ${showShape(x.shape)} needs scale and bias of [${d}], ` +
        `got ${showShape(scale.shape)} and ${showShape(bias.shape)}`,
    );
  }
  const unit = reshape(normalizeRows(reshape(x, [-1, 1, d]), ones([1]), zeros([1]), eps), x.shape);
  return add(mul(unit, reshape(scale, [d])), reshape(bias, [d]));
}

/** Mean and (biased) variance of each channel of a batch, `[c]` each. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Batch normalisation of `x [n, c, h, w]` with the batch's own statistics (training mode). Default eps 1e-5. */
export function batchNorm(x: Tensor, scale: Tensor, bias: Tensor, eps: number = 1e-5): Tensor {
  const [n, c, h, w] = channelsOf("batchNorm", x);
  const rows = reshape(transpose(x, [1, 0, 2, 3]), [1, c, n * h * w]);
  const normalised = normalizeRows(rows, scale, bias, eps);
  return transpose(reshape(normalised, [c, n, h, w]), [1, 0, 2, 3]);
}

/** What running statistics are updated with. */
export function batchStatistics(x: Tensor): BatchStatistics {
  const [n, c, h, w] = channelsOf("batchStatistics", x);
  const rows = reshape(transpose(x, [1, 0, 2, 3]), [c, n * h * w]);
  const average = mean(rows, [1], { keep: true });
  const centred = sub(rows, average);
  return { mean: reshape(average, [c]), variance: mean(mul(centred, centred), [1]) };
}

/** Batch normalisation with given statistics (evaluation mode). Default eps 1e-5. */
export function batchNormWith(
  x: Tensor,
  scale: Tensor,
  bias: Tensor,
  { mean: average, variance }: BatchStatistics,
  eps: number = 1e-5,
): Tensor {
  channelsOf("batchNormWith", x);
  const factor = div(scale, sqrt(add(variance, eps)));
  const offset = sub(bias, mul(average, factor));
  return add(mul(x, reshape(factor, PER_CHANNEL)), reshape(offset, PER_CHANNEL));
}

function channelsOf(operation: string, x: Tensor): readonly number[] {
  if (x.shape.length !== 4) throw new RangeError(`${operation}: needs [n, c, h, w], got ${showShape(x.shape)}`);
  return x.shape;
}

/** `x / max(||x||_2, eps)` along `axis` (PyTorch's `F.normalize`). Default: last axis, eps 1e-12. */
export function normalizeL2(x: Tensor, axis: number = -1, eps: number = 1e-12): Tensor {
  // A zero row has no direction: sqrt(max(s, eps^2)) keeps both it and its gradient finite.
  const squared = sum(mul(x, x), [axis], { keep: true });
  return div(x, sqrt(maximum(squared, eps * eps)));
}
