// Reductions over axes. Reduced axes stay as extents of 1 with `keep`.

import { sizeOf } from "../size.ts";
import { normalizeAxes, type Primitive, type Shape, Tensor } from "../tensor.ts";
import { div, mul, sub } from "./elementwise.ts";
import { expand, reshape } from "./shape.ts";

function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

function emitReduction(operator: string): Primitive["emit"] {
  return (emitter, [x], node) => {
    const axes = node.attributes.axes as number[];
    return emitter.node(operator, [x, emitter.int64(axes)], { keepdims: 1 });
  };
}

// Both primitives keep the reduced axes; dropping them is a reshape.
const sumPrimitive: Primitive = {
  name: "sum",
  vjp: (g, { inputs: [x] }) => [expand(g, x.shape)],
  emit: (emitter, inputs, node) => {
    const [{ shape }] = node.inputs;
    const axes = node.attributes.axes as number[];
    const overChannels = axes.length === 1 && axes[0] === 1 && shape.length >= 3;
    if (!emitter.cpu || !overChannels) return emitReduction("ReduceSum")(emitter, inputs, node);
    // As a product with ones: half the time, and a twentieth where there is one image.
    const [n, c, ...rest] = shape;
    const rows = emitter.node("Reshape", [inputs[0], emitter.int64([n, c, sizeOf(rest)])]);
    const total = emitter.node("MatMul", [emitter.float32(new Float32Array(c).fill(1), [1, 1, c]), rows]);
    return emitter.node("Reshape", [total, emitter.int64(node.shape)]);
  },
};

const maxPrimitive: Primitive = {
  name: "max",
  // Shared evenly between equal maxima, as PyTorch's amax does.
  vjp: (g, node) => {
    const [x] = node.inputs;
    const isMax = equal(x, node);
    const count = sum(isMax, node.attributes.axes as number[], { keep: true });
    return [mul(div(g, count), isMax)];
  },
  emit: emitReduction("ReduceMax"),
};

const equalPrimitive: Primitive = {
  name: "equal",
  vjp: () => [undefined, undefined],
  emit: (emitter, inputs) => emitter.node("Cast", [emitter.node("Equal", inputs)], { to: 1 }),
};

/** 1 where `a == b` (broadcast), else 0. Not differentiated. */
export function equal(a: Tensor, b: Tensor): Tensor {
  return new Tensor(equalPrimitive, [a, b], {}, sub(a, b).shape);
}

function reduce(primitive: Primitive, x: Tensor, axes: readonly number[] | undefined, keep: boolean): Tensor {
  const resolved = normalizeAxes(primitive.name, x.shape.length, axes);
  const reducedShape = keptShape(x.shape, resolved);
  const reduced = resolved.every((axis) => x.shape[axis] === 1)
    ? x
    : new Tensor(primitive, [x], { axes: resolved }, reducedShape);
  return keep
    ? reduced
    : reshape(
        reduced,
        x.shape.filter((_, axis) => !resolved.includes(axis)),
      );
}

/** Sum over `axes` (default all). */
export function sum(x: Tensor, axes?: readonly number[], { keep = false }: { keep?: boolean } = {}): Tensor {
  return reduce(sumPrimitive, x, axes, keep);
}

/** Mean over `axes` (default all). */
export function mean(x: Tensor, axes?: readonly number[], options: { keep?: boolean } = {}): Tensor {
  const total = sum(x, axes, options);
  return mul(total, total.size / x.size);
}

/** Largest element over `axes` (default all). Equal maxima share the gradient evenly. */
export function max(x: Tensor, axes?: readonly number[], { keep = false }: { keep?: boolean } = {}): Tensor {
  return reduce(maxPrimitive, x, axes, keep);
}
