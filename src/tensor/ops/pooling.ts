// Average and max pooling, NCHW.

import { lower } from "../onnx/lower.ts";
import { type Primitive, showShape, Tensor } from "../tensor.ts";
import { add, maximum, mul } from "./elementwise.ts";
import { equal } from "./reduce.ts";
import { pad, reshape, slice } from "./shape.ts";

export interface PoolingOptions {
  /** Default: the window's extent. */
  stride?: number;
  /** Zeros on every side; they count in averages (PyTorch's default). Default 0. */
  padding?: number;
}

type Window = { readonly kernel: number; readonly stride: number; readonly padding: number };

function poolShape(operation: string, x: Tensor, { kernel, stride, padding }: Window): number[] {
  if (x.shape.length !== 4) throw new RangeError(`${operation}: needs [n, c, h, w], got ${showShape(x.shape)}`);
  if (![kernel, stride].every((n) => Number.isInteger(n) && n >= 1) || !(padding >= 0 && padding * 2 <= kernel)) {
    throw new RangeError(`${operation}: kernel ${kernel}, stride ${stride}, padding ${padding} is not a window`);
  }
  const extent = (axis: number): number => Math.floor((x.shape[axis] + 2 * padding - kernel) / stride) + 1;
  if (extent(2) < 1 || extent(3) < 1) {
    throw new RangeError(`${operation}: a window of ${kernel} is larger than input ${showShape(x.shape)}`);
  }
  return [x.shape[0], x.shape[1], extent(2), extent(3)];
}

const attributesOf = ({ kernel, stride, padding }: Window): Record<string, number[]> => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

const averagePoolPrimitive: Primitive = {
  name: "averagePool",
  vjp: (g, { inputs: [x], attributes }) => [averageSpread(g, x.shape, attributes as Window)],
  emit: (emitter, [x], { attributes }) =>
    emitter.node("AveragePool", [x], { ...attributesOf(attributes as Window), count_include_pad: 1 }),
};

/** Mean over windows of `kernel x kernel`. */
export function averagePool(x: Tensor, kernel: number, { stride = kernel, padding = 0 }: PoolingOptions = {}): Tensor {
  const window = { kernel, stride, padding };
  return new Tensor(averagePoolPrimitive, [x], window, poolShape("averagePool", x, window));
}

// Adjoint of averagePool: every position gets its share of the windows that cover it.
const averageSpreadPrimitive: Primitive = {
  name: "averageSpread",
  vjp: (g, { attributes }) => {
    const { kernel, stride, padding } = attributes as Window;
    return [averagePool(g, kernel, { stride, padding })];
  },
  emit: (emitter, [g], { shape, inputs, attributes }) => {
    const window = attributes as Window;
    const { kernel, stride, padding } = window;
    const [n, c, ho, wo] = inputs[0].shape;
    const share = emitter.scalar(1 / (kernel * kernel));
    if (stride === kernel && padding === 0) {
      const spread = emitter.node(
        "Resize",
        [emitter.node("Mul", [g, share]), "", emitter.float32(Float32Array.of(1, 1, kernel, kernel), [4])],
        { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
      );
      const after = [0, 0, 0, 0, 0, 0, shape[2] - ho * kernel, shape[3] - wo * kernel];
      return after.every((amount) => amount === 0) ? spread : emitter.node("Pad", [spread, emitter.int64(after)]);
    }
    const planes = emitter.node("Reshape", [g, emitter.int64([n * c, 1, ho, wo])]);
    const ones = emitter.float32(new Float32Array(kernel * kernel).fill(1 / (kernel * kernel)), [1, 1, kernel, kernel]);
    const rest = [2, 3].map((axis) => shape[axis] - ((inputs[0].shape[axis] - 1) * stride - 2 * padding + kernel));
    const spread = emitter.node("ConvTranspose", [planes, ones], { ...attributesOf(window), output_padding: rest });
    return emitter.node("Reshape", [spread, emitter.int64(shape)]);
  },
};

function averageSpread(g: Tensor, shape: readonly number[], window: Window): Tensor {
  return new Tensor(averageSpreadPrimitive, [g], window, [...shape]);
}

const LOWEST = -3e38;

const maxPoolPrimitive: Primitive = {
  name: "maxPool",
  vjp: (g, node) => [maxSpread(g, node.inputs[0], node)],
  emit: (emitter, [x], { attributes }) => emitter.node("MaxPool", [x], attributesOf(attributes as Window)),
};

/** Maximum over windows of `kernel x kernel`; padding never wins. Of equal maxima the first takes the gradient. */
export function maxPool(x: Tensor, kernel: number, { stride = kernel, padding = 0 }: PoolingOptions = {}): Tensor {
  const window = { kernel, stride, padding };
  return new Tensor(maxPoolPrimitive, [x], window, poolShape("maxPool", x, window));
}

// Adjoint of maxPool: each maximum's gradient where the maximum stands. Linear in g; the positions are not
// differentiated.
const maxSpreadPrimitive: Primitive = {
  name: "maxSpread",
  vjp: (g, { inputs: [, x, y], attributes }) => [maxTake(g, x, y, attributes as Window), undefined, undefined],
  emit: (emitter, names, node) => {
    const [g, x] = node.inputs;
    const window = node.attributes as Window;
    // ONNX Runtime refuses to unpool where what the windows cover is all padding.
    const covered = [g.shape[2], g.shape[3]].map((n) => (n - 1) * window.stride - 2 * window.padding + window.kernel);
    if (!emitter.cpu || window.stride < window.kernel || Math.min(...covered) < 1)
      return lower(emitter, spreadTaps(window), node.inputs, names);
    const [, indices] = emitter.nodeOf(2, "MaxPool", [names[1]], attributesOf(window));
    // The index of a maximum that is not a number is negative.
    const positions = emitter.node("Max", [indices, emitter.int64([0])]);
    return emitter.node("MaxUnpool", [names[0], positions, emitter.int64(x.shape)], attributesOf(window));
  },
};

function maxSpread(g: Tensor, x: Tensor, y: Tensor): Tensor {
  return new Tensor(maxSpreadPrimitive, [g, x, y], y.attributes, x.shape);
}

/** Of `g`, in the shape of `x`, what stands where `x` has the maxima `y`. */
function maxTake(g: Tensor, x: Tensor, y: Tensor, window: Window): Tensor {
  const { padding } = window;
  const padded = pad(g, [0, 0, padding, padding], [0, 0, padding, padding]);
  return chosenTaps(x, y, window)
    .map(({ chosen, starts, ends, steps }) => mul(slice(padded, starts, ends, steps), chosen))
    .reduce((a, b) => add(a, b));
}

interface Tap {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
  /** 1 where this tap takes the gradient: it is the first in scanning order to equal the maximum, as in PyTorch. */
  readonly chosen: Tensor;
}

function chosenTaps(x: Tensor, y: Tensor, { kernel, stride, padding }: Window): Tap[] {
  const [n, c, ho, wo] = y.shape;
  const surround = [0, 0, padding, padding];
  const padded = pad(x, surround, surround);
  // Padding never wins: it is lowered below everything.
  const inside = pad(equal(x, x), surround, surround);
  const lowered = padding === 0 ? padded : add(padded, mul(add(mul(inside, -1), 1), LOWEST));
  const steps = [1, 1, stride, stride];
  let taken: Tensor | undefined;
  return Array.from({ length: kernel * kernel }, (_, k) => {
    const [dy, dx] = [Math.floor(k / kernel), k % kernel];
    const starts = [0, 0, dy, dx];
    const ends = [n, c, dy + (ho - 1) * stride + 1, dx + (wo - 1) * stride + 1];
    const isMax = equal(slice(lowered, starts, ends, steps), y);
    const chosen = taken === undefined ? isMax : mul(isMax, add(mul(taken, -1), 1));
    taken = taken === undefined ? isMax : maximum(taken, isMax);
    return { starts, ends, steps, chosen };
  });
}

/** {@link maxSpread} by taps. */
function spreadTaps(window: Window): (g: Tensor, x: Tensor, y: Tensor) => Tensor {
  return (g, x, y) => {
    const { stride, padding } = window;
    const [n, c, height, width] = x.shape;
    const padded = [n, c, height + 2 * padding, width + 2 * padding];
    const total = chosenTaps(x, y, window)
      .map(({ chosen, starts: [, , dy, dx] }) => scatterTap(mul(g, chosen), padded, dy, dx, stride))
      .reduce((a, b) => add(a, b));
    return slice(total, [0, 0, padding, padding], [n, c, padding + height, padding + width]);
  };
}

/** `x` put every `stride`-th position from (dy, dx) into zeros of `shape`. */
function scatterTap(x: Tensor, shape: readonly number[], dy: number, dx: number, stride: number): Tensor {
  const [n, c, ho, wo] = x.shape;
  const [, , h, w] = shape;
  if (stride === 1) return pad(x, [0, 0, dy, dx], [0, 0, h - ho - dy, w - wo - dx]);
  const split = pad(reshape(x, [n, c, ho, 1, wo, 1]), [0, 0, 0, 0, 0, 0], [0, 0, 0, stride - 1, 0, stride - 1]);
  const spread = slice(
    reshape(split, [n, c, ho * stride, wo * stride]),
    [0, 0, 0, 0],
    [n, c, (ho - 1) * stride + 1, (wo - 1) * stride + 1],
  );
  return pad(spread, [0, 0, dy, dx], [0, 0, h - spread.shape[2] - dy, w - spread.shape[3] - dx]);
}
