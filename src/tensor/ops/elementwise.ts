// Element-wise operations, with NumPy broadcasting.

import { constant, type Primitive, type Shape, sameShape, showShape, Tensor, uniformValue } from "../tensor.ts";
import { sum } from "./reduce.ts";
import { expand, isExpand, joinScattered, reshape } from "./shape.ts";

export type Operand = Tensor | number;

function lift(operand: Operand): Tensor {
  return typeof operand === "number" ? constant(operand) : operand;
}

/** The shape of two broadcast arrays, by NumPy's rule. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new RangeError(`${operation}: shapes ${showShape(a)} and ${showShape(b)} cannot be broadcast together`);
    }
    return Math.max(x, y);
  });
}

/** Sums a broadcast array back to `shape`: the adjoint of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((extent, axis) =>
    axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : [],
  );
  return reshape(sum(x, axes), shape);
}

function binary(name: string, operator: string, vjp: (g: Tensor, a: Tensor, b: Tensor) => [Tensor, Tensor]): Primitive {
  return {
    name,
    vjp: (g, { inputs: [a, b] }) => {
      const [da, db] = vjp(g, a, b);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
    emit: (emitter, inputs) => emitter.node(operator, inputs),
  };
}

const addPrimitive: Primitive = binary("add", "Add", (g) => [g, g]);
const subPrimitive: Primitive = binary("sub", "Sub", (g) => [g, neg(g)]);
const mulPrimitive: Primitive = binary("mul", "Mul", (g, a, b) => [mul(g, b), mul(g, a)]);
const divPrimitive: Primitive = binary("div", "Div", (g, a, b) => {
  const da = div(g, b);
  return [da, neg(div(mul(da, a), b))];
});
// Ties go to the first argument, as a chain of max over taps in scanning order does.
const maximumPrimitive: Primitive = binary("maximum", "Max", (g, a, b) => {
  const second = step(sub(b, a));
  return [mul(g, sub(1, second)), mul(g, second)];
});

function apply(primitive: Primitive, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(primitive.name, a.shape, b.shape);
  // The operator broadcasts: an array that is broadcast before would only be written and read back.
  const [narrowA, narrowB] = [narrow(a), narrow(b)];
  if (sameShape(broadcastShapes(primitive.name, narrowA.shape, b.shape), shape)) {
    return new Tensor(primitive, [narrowA, b], {}, shape);
  }
  if (sameShape(broadcastShapes(primitive.name, a.shape, narrowB.shape), shape)) {
    return new Tensor(primitive, [a, narrowB], {}, shape);
  }
  return new Tensor(primitive, [a, b], {}, shape);
}

function narrow(x: Tensor): Tensor {
  return isExpand(x) ? x.inputs[0] : x;
}

/** `scale * x`, done before a broadcast of `x` where there is one. */
function scaleBy(x: Tensor, factor: Tensor): Tensor {
  if (isExpand(x) && factor.size === 1) return expand(mul(x.inputs[0], reshape(factor, [])), x.shape);
  return apply(mulPrimitive, x, factor);
}

/** Whether combining `x` with a uniform constant of `other`'s shape leaves the shape as it is. */
function keepsShape(x: Tensor, other: Tensor): boolean {
  return sameShape(broadcastShapes("broadcast", x.shape, other.shape), x.shape);
}

/** `a + b` */
export function add(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  if (uniformValue(y) === 0 && keepsShape(x, y)) return x;
  if (uniformValue(x) === 0 && keepsShape(y, x)) return y;
  return joinScattered(x, y) ?? apply(addPrimitive, x, y);
}

/** `a - b` */
export function sub(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  if (uniformValue(y) === 0 && keepsShape(x, y)) return x;
  return apply(subPrimitive, x, y);
}

/** `a * b` */
export function mul(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  if (uniformValue(y) === 1 && keepsShape(x, y)) return x;
  if (uniformValue(x) === 1 && keepsShape(y, x)) return y;
  if (uniformValue(y) !== undefined && keepsShape(x, y)) return scaleBy(x, y);
  if (uniformValue(x) !== undefined && keepsShape(y, x)) return scaleBy(y, x);
  return apply(mulPrimitive, x, y);
}

/** `a / b` */
export function div(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  if (uniformValue(y) === 1 && keepsShape(x, y)) return x;
  return apply(divPrimitive, x, y);
}

/** `max(a, b)`; where they are equal the gradient goes to `a`. */
export function maximum(a: Operand, b: Operand): Tensor {
  return apply(maximumPrimitive, lift(a), lift(b));
}

function unary(
  name: string,
  operator: string,
  vjp: (g: Tensor, y: Tensor, x: Tensor) => Tensor | undefined,
): Primitive {
  return {
    name,
    vjp: (g, node) => [vjp(g, node, node.inputs[0])],
    emit: (emitter, inputs) => emitter.node(operator, inputs),
  };
}

const negPrimitive: Primitive = unary("neg", "Neg", (g) => neg(g));
const expPrimitive: Primitive = unary("exp", "Exp", (g, y) => mul(g, y));
const logPrimitive: Primitive = unary("log", "Log", (g, _y, x) => div(g, x));
const sqrtPrimitive: Primitive = unary("sqrt", "Sqrt", (g, y) => div(mul(g, 0.5), y));
const absPrimitive: Primitive = unary("abs", "Abs", (g, _y, x) => mul(g, sign(x)));
// Not ONNX's Sign: the WebGPU provider lacks it. NaN stays NaN.
const signPrimitive: Primitive = {
  name: "sign",
  vjp: () => [undefined],
  emit: (emitter, [x]) => {
    const zero = emitter.scalar(0);
    const negative = emitter.node("Where", [emitter.node("Less", [x, zero]), emitter.scalar(-1), x]);
    return emitter.node("Where", [emitter.node("Greater", [x, zero]), emitter.scalar(1), negative]);
  },
};
const sigmoidPrimitive: Primitive = unary("sigmoid", "Sigmoid", (g, y) => mul(g, mul(y, sub(1, y))));
const erfPrimitive: Primitive = unary("erf", "Erf", (g, _y, x) =>
  mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
);
const reluPrimitive: Primitive = unary("relu", "Relu", (g, y) => maskPositive(g, y));

function map(primitive: Primitive, x: Tensor): Tensor {
  return new Tensor(primitive, [x], {}, x.shape);
}

/** `-x` */
export function neg(x: Tensor): Tensor {
  return x.primitive === negPrimitive ? x.inputs[0] : map(negPrimitive, x);
}
/** `e^x` */
export function exp(x: Tensor): Tensor {
  return map(expPrimitive, x);
}
/** `ln x` */
export function log(x: Tensor): Tensor {
  return map(logPrimitive, x);
}
/** `x^(1/2)` */
export function sqrt(x: Tensor): Tensor {
  return map(sqrtPrimitive, x);
}
/** `|x|`, with gradient `sign(x)`. Of what cannot be negative, `x` itself. */
export function abs(x: Tensor): Tensor {
  const positive = [reluPrimitive, absPrimitive, expPrimitive, sigmoidPrimitive, sqrtPrimitive];
  return positive.includes(x.primitive) ? x : map(absPrimitive, x);
}
/** `-1`, `0` or `1`. Its gradient is zero. */
export function sign(x: Tensor): Tensor {
  return map(signPrimitive, x);
}
/** `1 / (1 + e^-x)` */
export function sigmoid(x: Tensor): Tensor {
  return map(sigmoidPrimitive, x);
}
/** Error function, `2 / sqrt(pi)` times the integral of `e^(-t^2)` from 0 to `x`. */
export function erf(x: Tensor): Tensor {
  return map(erfPrimitive, x);
}
/** `x Phi(x)` with the normal distribution function, exact (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}
/** `max(x, 0)`, with gradient 0 at 0. */
export function relu(x: Tensor): Tensor {
  return map(reluPrimitive, x);
}
/** 1 where `x > 0`, else 0. Its gradient is zero. */
export function step(x: Tensor): Tensor {
  return sign(relu(x));
}

// Linear in g; where y > 0 decides, and is not differentiated.
const maskPositivePrimitive: Primitive = {
  name: "maskPositive",
  vjp: (g, { inputs: [, y] }) => [maskPositive(g, y), undefined],
  emit: (emitter, [g, y]) => {
    // 1 for every normal positive number, in one pass: Greater and Cast are two, and Where is three.
    const mask = emitter.node("HardSigmoid", [y], { alpha: { float: 3e38 }, beta: { float: 0 } });
    return emitter.node("Mul", [g, mask]);
  },
};

/** `g` where `y > 0`, else 0. Shapes must be equal. */
function maskPositive(g: Tensor, y: Tensor): Tensor {
  if (!sameShape(g.shape, y.shape)) {
    throw new RangeError(`maskPositive: shapes ${showShape(g.shape)} and ${showShape(y.shape)} differ`);
  }
  return new Tensor(maskPositivePrimitive, [g, y], {}, g.shape);
}

/** `x` where `x > 0`, else `slope * x`. Default slope 0.01, as PyTorch. */
export function leakyRelu(x: Tensor, slope: number = 0.01): Tensor {
  return add(mul(relu(x), 1 - slope), mul(x, slope));
}

/** `x * sigmoid(x)` (SiLU). */
export function swish(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

const powerPrimitive: Primitive = {
  name: "power",
  vjp: (g, { inputs: [x], attributes }) => {
    const p = attributes.exponent as number;
    return [mul(mul(g, p), power(x, p - 1))];
  },
  emit: (emitter, [x], node) => {
    const p = node.attributes.exponent as number;
    const product = (exponent: number): string => {
      if (exponent === 1) return x;
      if (exponent % 2 === 1) return emitter.node("Mul", [product(exponent - 1), x]);
      const half = product(exponent / 2);
      return emitter.node("Mul", [half, half]);
    };
    return isSmallWhole(p) ? product(p) : emitter.node("Pow", [x, emitter.scalar(p)]);
  },
};

function isSmallWhole(p: number): boolean {
  return Number.isInteger(p) && p > 0 && p <= 8;
}

/** `x^p`. Whole `p` up to 8 are products (exact for negative `x`); others need `x >= 0`, and `x > 0` where `p < 1`. */
export function power(x: Tensor, p: number): Tensor {
  if (!Number.isFinite(p)) throw new RangeError(`power: the exponent must be finite, got ${p}`);
  if (p === 0) return constant(new Float32Array(x.size).fill(1), x.shape);
  if (p === 1) return x;
  if (p === 0.5) return sqrt(x);
  return new Tensor(powerPrimitive, [x], { exponent: p }, x.shape);
}
