// Operations that move elements and compute nothing.

import { sizeOf } from "../size.ts";
import { constant, type Primitive, type Shape, sameShape, showShape, Tensor } from "../tensor.ts";
import { broadcastShapes, sumTo } from "./elementwise.ts";
import { matmul } from "./matmul.ts";

const reshapePrimitive: Primitive = {
  name: "reshape",
  vjp: (g, { inputs: [x] }) => [reshape(g, x.shape)],
  emit: (emitter, [x], node) => emitter.node("Reshape", [x, emitter.int64(node.shape)]),
};

/** The same elements in another shape; one extent may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((extent) => extent !== -1));
  const resolved = shape.map((extent) => (extent === -1 ? x.size / known : extent));
  if (
    shape.filter((extent) => extent === -1).length > 1 ||
    resolved.some((extent) => !Number.isInteger(extent) || extent < 1) ||
    sizeOf(resolved) !== x.size
  ) {
    throw new RangeError(`reshape: cannot reshape ${showShape(x.shape)} to ${showShape(shape)}`);
  }
  if (sameShape(x.shape, resolved)) return x;
  const source = x.primitive === reshapePrimitive ? x.inputs[0] : x;
  if (sameShape(source.shape, resolved)) return source;
  return new Tensor(reshapePrimitive, [source], {}, resolved);
}

const transposePrimitive: Primitive = {
  name: "transpose",
  vjp: (g, { attributes }) => {
    const permutation = attributes.permutation as number[];
    return [
      transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  emit: (emitter, [x], node) => emitter.node("Transpose", [x], { perm: node.attributes.permutation as number[] }),
};

export function isTranspose(x: Tensor): boolean {
  return x.primitive === transposePrimitive;
}

/** Axis `i` of the result is axis `permutation[i]` of `x`. Default: reversed. */
export function transpose(
  x: Tensor,
  permutation: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i),
): Tensor {
  const rank = x.shape.length;
  if (permutation.length !== rank || [...permutation].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
    throw new RangeError(
      `transpose: [${permutation.join(", ")}] is not a permutation of the axes of ${showShape(x.shape)}`,
    );
  }
  if (permutation.every((axis, i) => axis === i)) return x;
  if (isTranspose(x)) {
    const inner = x.attributes.permutation as number[];
    return transpose(
      x.inputs[0],
      permutation.map((axis) => inner[axis]),
    );
  }
  return new Tensor(
    transposePrimitive,
    [x],
    { permutation: [...permutation] },
    permutation.map((axis) => x.shape[axis]),
  );
}

const expandPrimitive: Primitive = {
  name: "expand",
  vjp: (g, { inputs: [x] }) => [sumTo(g, x.shape)],
  emit: (emitter, [x], node) => emitter.node("Expand", [x, emitter.int64(node.shape)]),
};

export function isExpand(x: Tensor): boolean {
  return x.primitive === expandPrimitive;
}

/** Broadcasts to `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (!sameShape(broadcastShapes("expand", x.shape, shape), shape)) {
    throw new RangeError(`expand: ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
  }
  return sameShape(x.shape, shape) ? x : new Tensor(expandPrimitive, [x], {}, [...shape]);
}

const slicePrimitive: Primitive = {
  name: "slice",
  vjp: (g, { inputs: [x], attributes }) => [
    scatterSlice(g, x.shape, attributes.starts as number[], attributes.steps as number[]),
  ],
  emit: (emitter, [x], node) => {
    const starts = node.attributes.starts as number[];
    const steps = node.attributes.steps as number[];
    const ends = starts.map((start, axis) => start + (node.shape[axis] - 1) * steps[axis] + 1);
    const moved = starts.flatMap((start, axis) =>
      start === 0 && node.shape[axis] === node.inputs[0].shape[axis] ? [] : [axis],
    );
    const pick = (values: number[]): string => emitter.int64(moved.map((axis) => values[axis]));
    return emitter.node("Slice", [x, pick(starts), pick(ends), emitter.int64(moved), pick(steps)]);
  },
};

/** Elements `starts[i] .. ends[i]` (exclusive) of each axis, every `steps[i]`-th (default 1). */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = starts.map(() => 1),
): Tensor {
  const rank = x.shape.length;
  if (starts.length !== rank || ends.length !== rank || steps.length !== rank) {
    throw new RangeError(`slice: ${showShape(x.shape)} needs ${rank} starts, ends and steps`);
  }
  const shape = x.shape.map((extent, axis) => {
    const [start, end, stride] = [starts[axis], ends[axis], steps[axis]];
    const whole = [start, end, stride].every(Number.isInteger);
    if (!(whole && start >= 0 && start < end && end <= extent && stride >= 1)) {
      throw new RangeError(`slice: ${start}:${end}:${stride} is not inside axis ${axis} of ${showShape(x.shape)}`);
    }
    return Math.ceil((end - start) / stride);
  });
  if (sameShape(shape, x.shape)) return x;
  return new Tensor(slicePrimitive, [x], { starts: [...starts], steps: [...steps] }, shape);
}

// Adjoint of slice: puts x at `starts`, `steps` apart, into zeros.
const scatterSlicePrimitive: Primitive = {
  name: "scatterSlice",
  vjp: (g, { inputs: [x], attributes }) => {
    const starts = attributes.starts as number[];
    const steps = attributes.steps as number[];
    const ends = starts.map((start, axis) => start + (x.shape[axis] - 1) * steps[axis] + 1);
    return [slice(g, starts, ends, steps)];
  },
  emit: (emitter, [x], node) => {
    const starts = node.attributes.starts as number[];
    const steps = node.attributes.steps as number[];
    let shape = [...node.inputs[0].shape];
    let name = x;
    // Zeros between elements: a new axis of extent `step` whose first element is x, merged into the one before it.
    for (let axis = 0; axis < shape.length; axis++) {
      const gap = steps[axis];
      if (gap === 1 || shape[axis] === 1) continue;
      const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
      const after = split.map((_, i) => (i === axis + 1 ? gap - 1 : 0));
      name = emitter.node("Reshape", [name, emitter.int64(split)]);
      name = emitter.node("Pad", [name, emitter.int64([...split.map(() => 0), ...after])]);
      const merged = shape.map((extent, i) => (i === axis ? extent * gap : extent));
      name = emitter.node("Reshape", [name, emitter.int64(merged)]);
      shape = shape.map((extent, i) => (i === axis ? (extent - 1) * gap + 1 : extent));
      name = emitter.node("Slice", [name, emitter.int64([0]), emitter.int64([shape[axis]]), emitter.int64([axis])]);
    }
    const after = node.shape.map((extent, axis) => extent - starts[axis] - shape[axis]);
    if ([...starts, ...after].every((amount) => amount === 0)) return name;
    return emitter.node("Pad", [name, emitter.int64([...starts, ...after])]);
  },
};

/**
 * The sum of `x` and `y` where each is an array put into zeros and the two are neighbours along one axis: one array put
 * into zeros. `undefined` elsewhere.
 */
export function joinScattered(x: Tensor, y: Tensor): Tensor | undefined {
  if (x.primitive !== scatterSlicePrimitive || y.primitive !== scatterSlicePrimitive) return undefined;
  const startsOf = (t: Tensor): number[] => t.attributes.starts as number[];
  const whole = [x, y].every((t) => (t.attributes.steps as number[]).every((step) => step === 1));
  const axes = startsOf(x).flatMap((start, axis) => (start === startsOf(y)[axis] ? [] : [axis]));
  const [axis] = axes;
  if (!whole || axes.length !== 1 || !sameShape(x.shape, y.shape)) return undefined;
  const [first, second] = startsOf(x)[axis] < startsOf(y)[axis] ? [x, y] : [y, x];
  const [a, b] = [first.inputs[0], second.inputs[0]];
  const level = a.shape.every((extent, i) => i === axis || extent === b.shape[i]);
  if (!level || startsOf(first)[axis] + a.shape[axis] !== startsOf(second)[axis]) return undefined;
  return scatterSlice(concatenate([a, b], axis), x.shape, startsOf(first), first.attributes.steps as number[]);
}

function scatterSlice(x: Tensor, shape: Shape, starts: readonly number[], steps: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return new Tensor(scatterSlicePrimitive, [x], { starts: [...starts], steps: [...steps] }, [...shape]);
}

/** Adds `before[i]` and `after[i]` zeros around axis `i`. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  const amounts = [...before, ...after];
  if (
    before.length !== x.shape.length ||
    after.length !== x.shape.length ||
    amounts.some((n) => !Number.isInteger(n) || n < 0)
  ) {
    throw new RangeError(`pad: [${before.join(", ")}] and [${after.join(", ")}] do not fit ${showShape(x.shape)}`);
  }
  if (amounts.every((amount) => amount === 0)) return x;
  const shape = x.shape.map((extent, axis) => extent + before[axis] + after[axis]);
  return scatterSlice(
    x,
    shape,
    before,
    x.shape.map(() => 1),
  );
}

const concatenatePrimitive: Primitive = {
  name: "concatenate",
  vjp: (g, { inputs, attributes }) => {
    const axis = attributes.axis as number;
    let offset = 0;
    return inputs.map((x) => {
      const start = offset;
      offset += x.shape[axis];
      const starts = g.shape.map((_, i) => (i === axis ? start : 0));
      return slice(
        g,
        starts,
        g.shape.map((extent, i) => (i === axis ? offset : extent)),
      );
    });
  },
  emit: (emitter, inputs, node) => emitter.node("Concat", inputs, { axis: node.attributes.axis as number }),
};

/** Joins arrays along `axis`; the other extents must agree. */
export function concatenate(parts: readonly Tensor[], axis: number = 0): Tensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError("concatenate: needs at least one array");
  if (!(axis >= 0 && axis < first.shape.length))
    throw new RangeError(`concatenate: no axis ${axis} in ${showShape(first.shape)}`);
  for (const part of parts) {
    if (
      part.shape.length !== first.shape.length ||
      part.shape.some((extent, i) => i !== axis && extent !== first.shape[i])
    ) {
      throw new RangeError(
        `concatenate: ${showShape(first.shape)} and ${showShape(part.shape)} do not agree off axis ${axis}`,
      );
    }
  }
  if (parts.length === 1) return first;
  const shape = first.shape.map((extent, i) =>
    i === axis ? parts.reduce((total, part) => total + part.shape[i], 0) : extent,
  );
  return new Tensor(concatenatePrimitive, parts, { axis }, shape);
}

const gatherPrimitive: Primitive = {
  name: "gather",
  vjp: (g, { inputs: [x], attributes }) => {
    const indices = attributes.indices as number[];
    const axis = attributes.axis as number;
    // The adjoint adds rows up: a product with the one-hot matrix, [extent, k] x [k, rest].
    const hot = new Float32Array(x.shape[axis] * indices.length);
    for (const [k, index] of indices.entries()) hot[index * indices.length + k] = 1;
    const front = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
    const rows = transpose(g, front);
    const added = matmul(constant(hot, [x.shape[axis], indices.length]), reshape(rows, [indices.length, -1]));
    const shaped = reshape(added, [x.shape[axis], ...rows.shape.slice(1)]);
    return [
      transpose(
        shaped,
        x.shape.map((_, i) => front.indexOf(i)),
      ),
    ];
  },
  emit: (emitter, [x], node) =>
    emitter.node("Gather", [x, emitter.int64(node.attributes.indices as number[])], {
      axis: node.attributes.axis as number,
    }),
};

/** Elements `indices` of `axis`, in that order; indices may repeat. */
export function gather(x: Tensor, indices: readonly number[], axis: number = 0): Tensor {
  const extent = x.shape[axis];
  if (extent === undefined) throw new RangeError(`gather: no axis ${axis} in ${showShape(x.shape)}`);
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index >= extent) {
      throw new RangeError(`gather: index ${index} is outside axis ${axis} of ${showShape(x.shape)}`);
    }
  }
  return new Tensor(
    gatherPrimitive,
    [x],
    { indices: [...indices], axis },
    x.shape.map((e, i) => (i === axis ? indices.length : e)),
  );
}
