// Reverse-mode differentiation of traced graphs.

import { add, broadcastShapes } from "./ops/elementwise.ts";
import { expand } from "./ops/shape.ts";
import { constant, sameShape, showShape, type Tensor } from "./tensor.ts";

/**
 * Gradients of a scalar with respect to `wrt`, as tensors of the same graph: `grad` may be applied to them again. What
 * `output` does not depend on has gradient zero.
 */
export function grad(output: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (output.size !== 1) throw new RangeError(`grad: needs a scalar, got shape ${showShape(output.shape)}`);
  return vjp(output, constant(new Float32Array([1]), output.shape), wrt);
}

/** Vector-Jacobian products: gradients of `sum(output * cotangent)`. */
export function vjp(output: Tensor, cotangent: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (!sameShape(broadcastShapes("vjp", output.shape, cotangent.shape), output.shape)) {
    throw new RangeError(`vjp: cotangent ${showShape(cotangent.shape)} does not fit ${showShape(output.shape)}`);
  }
  const needed = dependents(output, new Set(wrt));
  const cotangents = new Map<Tensor, Tensor>([[output, expand(cotangent, output.shape)]]);
  for (const node of needed) {
    const g = cotangents.get(node);
    if (g === undefined || node.inputs.length === 0) continue;
    const parts = node.primitive.vjp(g, node);
    for (const [i, source] of node.inputs.entries()) {
      const part = parts[i];
      if (part === undefined || !needed.has(source)) continue;
      const known = cotangents.get(source);
      cotangents.set(source, known === undefined ? part : add(known, part));
    }
  }
  return wrt.map((x) => cotangents.get(x) ?? constant(new Float32Array(x.size), x.shape));
}

/** Nodes of the graph of `output` that depend on one of `wrt`, latest first. */
function dependents(output: Tensor, wrt: ReadonlySet<Tensor>): Set<Tensor> {
  const order = topological([output]);
  const reached = new Set<Tensor>();
  for (const node of order) {
    if (wrt.has(node) || node.inputs.some((source) => reached.has(source))) reached.add(node);
  }
  return new Set([...reached].sort((a, b) => b.id - a.id));
}

/** All nodes that `outputs` need, inputs before users. */
export function topological(outputs: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>();
  const stack = [...outputs];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
