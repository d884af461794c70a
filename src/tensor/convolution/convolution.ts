// 2-D convolution (cross-correlation, NCHW, OIHW), and the two bilinear maps that are its gradients. The three are
// closed under differentiation: each one's gradients are the other two.

import { emitConv } from "../onnx/emitConv.ts";
import { lower } from "../onnx/lower.ts";
import { matmul, swapLast } from "../ops/matmul.ts";
import { sum } from "../ops/reduce.ts";
import { concatenate, pad, reshape, slice, transpose } from "../ops/shape.ts";
import { sizeOf } from "../size.ts";
import { type Primitive, sameShape, showShape, Tensor } from "../tensor.ts";
import { im2colConvolution, im2colInputGradient, im2colPays, im2colWeightGradient } from "./im2col.ts";
import {
  MIN_IMAGES,
  winograd2dConvolution,
  winograd2dInputGradient,
  winograd2dPays,
  winograd2dWeightGradient,
} from "./winograd2d.ts";
import { winograd5x5InputGradient, winograd5x5Pays, winograd5x5WeightGradient } from "./winograd5x5.ts";
import { emitWinogradRows, F23_ROWS, F43_ROWS, winogradRowsPays, winogradRowsWeightGradient } from "./winogradRows.ts";

export interface ConvolutionOptions {
  /** Default 1. */
  stride?: number;
  /** Zeros on every side. Default 0. */
  padding?: number;
}

/** Channels of an input's gradient up to which `ConvTranspose` is faster than a convolution. */
const FEW_CHANNELS = 8;

/** Height from which on maps are filtered along their rows going forwards (where they may be), and not in tiles. */
const ROWS = 8;

type Geometry = { readonly stride: number; readonly padding: number };

function flops(output: readonly number[], weight: readonly number[]): number {
  return 2 * sizeOf(output) * weight[1] * weight[2] * weight[3];
}

const conv2dPrimitive: Primitive = {
  name: "conv2d",
  vjp: (g, { inputs: [x, w], attributes }) => {
    const geometry = attributes as Geometry;
    return [convInput(g, w, x.shape, geometry), convWeight(x, g, w.shape, geometry)];
  },
  emit: (emitter, inputs, { inputs: [x, w], attributes, shape }) => {
    const { stride, padding } = attributes as Geometry;
    const byRows = stride === 1 && x.shape[2] >= ROWS;
    if (emitter.cpu && !byRows && winograd2dPays(x.shape, w.shape, stride, padding)) {
      return lower(emitter, (a, b) => winograd2dConvolution(a, b, stride), [x, w], inputs);
    }
    if (emitter.cpu && im2colPays(w.shape, shape[2], shape[3])) {
      return lower(emitter, (a, b) => im2colConvolution(a, b, shape, attributes as Geometry), [x, w], inputs);
    }
    if (emitter.winograd && winogradRowsPays(x.shape, w.shape, stride, padding)) {
      return emitWinogradRows(emitter, inputs[0], inputs[1], x.shape, w.shape, F43_ROWS);
    }
    if (
      emitter.winogradForward &&
      byRows &&
      x.shape[0] >= MIN_IMAGES &&
      winogradRowsPays(x.shape, w.shape, stride, padding, F23_ROWS)
    ) {
      return emitWinogradRows(emitter, inputs[0], inputs[1], x.shape, w.shape, F23_ROWS);
    }
    return emitConv(emitter, inputs, w.shape[0], w.shape[1], {
      kernel_shape: w.shape.slice(2),
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  },
  flops: ({ shape, inputs: [, w] }) => flops(shape, w.shape),
};

/** `x [n, ci, h, w]`, `w [co, ci, kh, kw]` -> `[n, co, ho, wo]`, `ho = floor((h + 2 padding - kh) / stride) + 1`. */
export function conv2d(x: Tensor, w: Tensor, { stride = 1, padding = 0 }: ConvolutionOptions = {}): Tensor {
  if (x.shape.length !== 4 || w.shape.length !== 4 || x.shape[1] !== w.shape[1]) {
    throw new RangeError(`conv2d: input ${showShape(x.shape)} and weight ${showShape(w.shape)} do not match`);
  }
  if (!(Number.isInteger(stride) && stride >= 1 && Number.isInteger(padding) && padding >= 0)) {
    throw new RangeError(`conv2d: stride must be >= 1 and padding >= 0, got ${stride} and ${padding}`);
  }
  const extent = (axis: number): number => Math.floor((x.shape[axis] + 2 * padding - w.shape[axis]) / stride) + 1;
  const [ho, wo] = [extent(2), extent(3)];
  if (ho < 1 || wo < 1) {
    throw new RangeError(
      `conv2d: weight ${showShape(w.shape)} is larger than input ${showShape(x.shape)} with padding ${padding}`,
    );
  }
  return new Tensor(conv2dPrimitive, [x, w], { stride, padding }, [x.shape[0], w.shape[0], ho, wo]);
}

const convInputPrimitive: Primitive = {
  name: "convInput",
  vjp: (g, { inputs: [y, w], attributes }) => {
    const geometry = attributes as Geometry;
    return [conv2d(g, w, geometry), convWeight(g, y, w.shape, geometry)];
  },
  emit: (emitter, [g, weight], node) => {
    const { stride, padding } = node.attributes as Geometry;
    const [y, w] = node.inputs;
    const [kh, kw] = w.shape.slice(2);
    if (emitter.cpu && winograd2dPays(node.shape, w.shape, stride, padding)) {
      return lower(emitter, (a, b) => winograd2dInputGradient(a, b, node.shape, stride), [y, w], [g, weight]);
    }
    if (emitter.cpu && emitter.winogradGradients && winograd5x5Pays(w.shape, y.shape[2], y.shape[3], stride, padding)) {
      return lower(emitter, (a, b) => winograd5x5InputGradient(a, b, node.shape), [y, w], [g, weight]);
    }
    if (emitter.cpu && stride === 1 && kh === kw && padding < kh && im2colPays(w.shape, y.shape[2], y.shape[3])) {
      return lower(emitter, (a, b) => im2colInputGradient(a, b, node.shape, padding), [y, w], [g, weight]);
    }
    // To few channels (a gradient of images), ONNX Runtime's blocked layout would compute sixteen.
    const few = emitter.cpu && w.shape[1] <= FEW_CHANNELS;
    if (stride === 1 && padding < kh && padding < kw && !few) {
      // A convolution with the kernel turned by 180 degrees: faster than ConvTranspose (139 against 110 GFLOP/s).
      const lowest = -(2 ** 31);
      // Both spatial axes turned at once, as one axis of taps: many times faster to transpose.
      const taps = emitter.node("Reshape", [weight, emitter.int64([w.shape[0], w.shape[1], kh * kw])]);
      const turned = emitter.node("Slice", [
        emitter.node("Transpose", [taps], { perm: [1, 0, 2] }),
        emitter.int64([kh * kw - 1]),
        emitter.int64([lowest]),
        emitter.int64([2]),
        emitter.int64([-1]),
      ]);
      const kernel = emitter.node("Reshape", [turned, emitter.int64([w.shape[1], w.shape[0], kh, kw])]);
      const turnedShape = [w.shape[1], w.shape[0], kh, kw];
      if (emitter.winogradGradients && winogradRowsPays(y.shape, turnedShape, stride, padding)) {
        return emitWinogradRows(emitter, g, kernel, y.shape, turnedShape, F43_ROWS);
      }
      const [ph, pw] = [kh - 1 - padding, kw - 1 - padding];
      const attributes = { kernel_shape: [kh, kw], strides: [1, 1], pads: [ph, pw, ph, pw] };
      return emitConv(emitter, [g, kernel], w.shape[1], w.shape[0], attributes);
    }
    const rest = (axis: number): number =>
      node.shape[axis] - ((y.shape[axis] - 1) * stride - 2 * padding + w.shape[axis]);
    return emitter.node("ConvTranspose", [g, weight], {
      kernel_shape: [kh, kw],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      output_padding: [rest(2), rest(3)],
    });
  },
  flops: ({ inputs: [y, w] }) => flops(y.shape, w.shape),
};

/**
 * Gradient of a convolution with respect to its input, which has `shape`: `g [n, co, ho, wo]`, `w [co, ci, kh, kw]`.
 */
function convInput(g: Tensor, w: Tensor, shape: readonly number[], geometry: Geometry): Tensor {
  return new Tensor(convInputPrimitive, [g, w], geometry, [...shape]);
}

const convWeightPrimitive: Primitive = {
  name: "convWeight",
  vjp: (g, { inputs: [x, y], attributes }) => {
    const geometry = attributes as Geometry;
    return [convInput(y, g, x.shape, geometry), conv2dExact(x, g, y.shape, geometry)];
  },
  emit: (emitter, names, { inputs, shape, attributes }) => {
    const [, , ho, wo] = inputs[1].shape;
    const { stride, padding } = attributes as Geometry;
    if (emitter.cpu && winograd2dPays(inputs[0].shape, shape, stride, padding)) {
      return lower(emitter, (x, g) => winograd2dWeightGradient(x, g, stride), inputs, names);
    }
    if (emitter.cpu && emitter.winogradGradients && winograd5x5Pays(shape, ho, wo, stride, padding)) {
      return lower(emitter, (x, g) => winograd5x5WeightGradient(x, g, shape), inputs, names);
    }
    const gradient = emitter.cpu && im2colPays(shape, ho, wo) ? im2colWeightGradient : weightGradient;
    return lower(emitter, (x, g) => gradient(x, g, shape, attributes as Geometry), inputs, names);
  },
  flops: ({ shape, inputs: [, y] }) => flops(y.shape, shape),
};

/** Gradient of a convolution with respect to its weight, which has `shape`: `x [n, ci, h, w]`, `g [n, co, ho, wo]`. */
function convWeight(x: Tensor, g: Tensor, shape: readonly number[], geometry: Geometry): Tensor {
  return new Tensor(convWeightPrimitive, [x, g], geometry, [...shape]);
}

function conv2dExact(x: Tensor, w: Tensor, shape: readonly number[], geometry: Geometry): Tensor {
  const y = conv2d(x, w, geometry);
  if (!sameShape(y.shape, shape))
    throw new RangeError(`conv2d: expected ${showShape(shape)}, got ${showShape(y.shape)}`);
  return y;
}

/** The weight gradient as products of matrices whose long side is all positions of all images. */
function weightGradient(x: Tensor, g: Tensor, shape: readonly number[], { stride, padding }: Geometry): Tensor {
  const [co, ci, kh, kw] = shape;
  const [n, , ho, wo] = g.shape;
  if (winogradRowsPays(x.shape, shape, stride, padding)) return winogradRowsWeightGradient(x, g);
  const padded = pad(x, [0, 0, padding, padding], [0, 0, padding, padding]);
  const tap = (source: Tensor, k: number): Tensor => {
    const [dy, dx] = [Math.floor(k / kw), k % kw];
    const [a, b] = source.shape;
    const ends = [a, b, dy + (ho - 1) * stride + 1, dx + (wo - 1) * stride + 1];
    return slice(source, [0, 0, dy, dx], ends, [1, 1, stride, stride]);
  };
  if (stride === 1 && kw > 3 && ci <= FEW_CHANNELS && co <= 2 * FEW_CHANNELS)
    return weightGradientByRows(padded, g, shape);
  const all = Array.from({ length: kh * kw }, (_, k) => k);
  if (ci <= FEW_CHANNELS) {
    // One product an image: with few channels, a product for each tap would be too narrow.
    const patches = concatenate(
      all.map((k) => reshape(tap(padded, k), [n, ci, ho * wo])),
      1,
    );
    const product = sum(matmul(reshape(g, [n, co, ho * wo]), swapLast(patches)), [0]);
    return reshape(transpose(reshape(product, [co, kh * kw, ci]), [0, 2, 1]), [co, ci, kh, kw]);
  }
  if (stride > 1) return stridedWeightGradient(padded, g, shape, stride);
  const turned = transpose(padded, [1, 0, 2, 3]);
  const taps = all.map((k) => reshape(tap(turned, k), [ci, n * ho * wo]));
  const positions = reshape(transpose(g, [1, 0, 2, 3]), [co, n * ho * wo]);
  const products = taps.map((patch) => reshape(matmul(positions, transpose(patch)), [1, co * ci]));
  // Taps last by a plain matrix transpose, which is much faster than one of four axes.
  return reshape(transpose(concatenate(products, 0)), [co, ci, kh, kw]);
}

/**
 * The weight gradient of many channels with channels innermost, where every second position is whole runs. `x` is
 * padded already.
 */
function stridedWeightGradient(x: Tensor, g: Tensor, shape: readonly number[], stride: number): Tensor {
  const [co, ci, kh, kw] = shape;
  const [n, , ho, wo] = g.shape;
  const positions = reshape(transpose(g, [1, 0, 2, 3]), [co, n * ho * wo]);
  const images = transpose(x, [0, 2, 3, 1]);
  const products = Array.from({ length: kh * kw }, (_, k) => {
    const [dy, dx] = [Math.floor(k / kw), k % kw];
    const ends = [n, dy + (ho - 1) * stride + 1, dx + (wo - 1) * stride + 1, ci];
    const patch = reshape(slice(images, [0, dy, dx, 0], ends, [1, stride, stride, 1]), [n * ho * wo, ci]);
    return reshape(matmul(positions, patch), [1, co * ci]);
  });
  return reshape(transpose(concatenate(products, 0)), [co, ci, kh, kw]);
}

/**
 * The weight gradient of few channels, where most of the work is to copy: a product for each column of the kernel.
 * Between the rows of `g` stand zeros, so that what a tap sees of `x` (padded already) is whole.
 */
function weightGradientByRows(x: Tensor, g: Tensor, shape: readonly number[]): Tensor {
  const [co, ci, kh, kw] = shape;
  const [n, , ho, wo] = g.shape;
  const width = x.shape[3];
  const positions = ho * width;
  const flat = pad(reshape(x, [n, ci, -1]), [0, 0, 0], [0, 0, kw - 1]);
  const cut = (source: Tensor, start: number, length: number): Tensor =>
    slice(source, [0, 0, start], [n, source.shape[1], start + length]);
  const rows = Array.from({ length: kh }, (_, dy) => cut(flat, dy * width, positions + kw - 1));
  const stacked = concatenate(rows, 1);
  const spaced = reshape(pad(g, [0, 0, 0, 0], [0, 0, 0, width - wo]), [n, co, positions]);
  const products = Array.from({ length: kw }, (_, dx) =>
    reshape(sum(matmul(spaced, swapLast(cut(stacked, dx, positions))), [0]), [co, kh, ci, 1]),
  );
  return transpose(concatenate(products, 3), [0, 2, 1, 3]);
}
