// Runs traced graphs in float64 with plain loops, from the meaning of each operation and not from its ONNX: what the
// engine and the gradient rules are checked against.

import type { Tensor } from "../../src/tensor/index.ts";
import * as kernels from "./interpreterKernels.ts";
import { type NdValue, sizeOf } from "./interpreterValue.ts";

type Rule = (inputs: readonly NdValue[], node: Tensor) => ArrayLike<number>;

// biome-ignore lint/suspicious/noExplicitAny: attributes are whatever the primitive of that name wrote
type Attributes = Record<string, any>;

const attributes = (node: Tensor): Attributes => node.attributes as Attributes;
const each =
  (f: (x: number) => number): Rule =>
  ([x]) =>
    x.data.map(f);
const both =
  (f: (a: number, b: number) => number): Rule =>
  ([a, b], { shape }) =>
    kernels.broadcast(a, b, shape, f);

const RULES: Readonly<Record<string, Rule>> = {
  constant: (_, node) => attributes(node).data,
  add: both((a, b) => a + b),
  sub: both((a, b) => a - b),
  mul: both((a, b) => a * b),
  div: both((a, b) => a / b),
  maximum: both((a, b) => Math.max(a, b)),
  equal: both((a, b) => (a === b ? 1 : 0)),
  maskPositive: both((g, y) => (y > 0 ? g : 0)),
  neg: each((x) => -x),
  exp: each(Math.exp),
  log: each(Math.log),
  sqrt: each(Math.sqrt),
  abs: each(Math.abs),
  sign: each(Math.sign),
  step: each((x) => (x > 0 ? 1 : 0)),
  relu: each((x) => Math.max(x, 0)),
  erf: each(kernels.erf),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  power: ([x], node) => x.data.map((value) => value ** attributes(node).exponent),
  sum: ([x], node) => kernels.reduce(x, attributes(node).axes, 0, (a, b) => a + b),
  max: ([x], node) => kernels.reduce(x, attributes(node).axes, -Infinity, Math.max),
  reshape: ([x]) => x.data,
  transpose: ([x], node) => {
    const { permutation } = attributes(node);
    return kernels.pick(x, node.shape, (at) => x.shape.map((_, axis) => at[permutation.indexOf(axis)]));
  },
  expand: ([x], { shape }) =>
    kernels.pick(x, shape, (at) => x.shape.map((e, axis) => (e === 1 ? 0 : at[axis + shape.length - x.shape.length]))),
  slice: ([x], node) => {
    const { starts, steps } = attributes(node);
    return kernels.pick(x, node.shape, (at) => at.map((i, axis) => starts[axis] + i * steps[axis]));
  },
  scatterSlice: ([x], node) => {
    const { starts, steps } = attributes(node);
    return kernels.put(x, node.shape, (at) => at.map((i, axis) => starts[axis] + i * steps[axis]));
  },
  gather: ([x], node) => {
    const { indices, axis: along } = attributes(node);
    return kernels.pick(x, node.shape, (at) => at.map((i, axis) => (axis === along ? indices[i] : i)));
  },
  concatenate: (parts, node) => kernels.concatenate(parts, node.shape, attributes(node).axis),
  matmul: ([a, b], { shape }) => kernels.matmul(a, b, shape),
  logSoftmax: ([x]) => kernels.logSoftmax(x),
  normalizeRows: ([x, scale, bias], node) => kernels.normalizeRows(x, scale, bias, attributes(node).eps),
  conv2d: ([x, w], node) => kernels.convolve("y", x, w, node.shape, node.shape, kernels.geometry(attributes(node))),
  convInput: ([y, w], node) => kernels.convolve("x", y, w, y.shape, node.shape, kernels.geometry(attributes(node))),
  convWeight: ([x, y], node) => kernels.convolve("w", x, y, y.shape, node.shape, kernels.geometry(attributes(node))),
  averagePool: ([x], node) => kernels.averagePool(x, node.shape, kernels.geometry(attributes(node))),
  averageSpread: ([y], node) => kernels.averageSpread(y, node.shape, kernels.geometry(attributes(node))),
  maxSpread: ([g, x, y], node) => kernels.maxSpread(g, x, y, kernels.geometry(attributes(node))),
  maxPool: ([x], node) => kernels.maxPool(x, node.shape, kernels.geometry(attributes(node))),
};

/** Values of `outputs`, given those of the inputs by name. */
export function interpret(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, Float64Array> {
  const known = new Map<Tensor, NdValue>();
  const evaluate = (root: Tensor): NdValue => {
    // Depth first, without recursion: graphs of gradients are deep.
    const stack = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1];
      const missing = node.inputs.filter((source) => !known.has(source));
      if (known.has(node) || missing.length === 0) {
        if (!known.has(node)) known.set(node, apply(node));
        stack.pop();
      } else stack.push(...missing);
    }
    return known.get(root)!;
  };
  const apply = (node: Tensor): NdValue => {
    const { name } = node.primitive;
    const rule = name === "input" ? () => given(feeds, attributes(node).name) : RULES[name];
    if (rule === undefined) throw new Error(`interpreter: no rule for ${name}`);
    const data = Float64Array.from(
      rule(
        node.inputs.map((source) => known.get(source)!),
        node,
      ),
    );
    if (data.length !== sizeOf(node.shape)) {
      throw new Error(`interpreter: ${name} gave ${data.length} values for shape [${node.shape.join(", ")}]`);
    }
    return { shape: node.shape, data };
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, evaluate(node).data]));
}

function given(feeds: Readonly<Record<string, ArrayLike<number>>>, name: string): ArrayLike<number> {
  const data = feeds[name];
  if (data === undefined) throw new Error(`interpreter: input "${name}" is missing`);
  return data;
}
