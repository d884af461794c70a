// A traced tensor: a node of a computation graph with a static shape. Nothing is computed here.

import type { Emitter } from "./onnx/emitter.ts";
import { sizeOf } from "./size.ts";

export type Shape = readonly number[];

/** One kind of node: how to differentiate it and how to write it as ONNX. */
export interface Primitive {
  readonly name: string;
  /**
   * Vector-Jacobian product: the cotangent of each input, given that of the output; `undefined` where there is none.
   * Written in recorded operations, so that gradients can be differentiated again.
   */
  readonly vjp: (cotangent: Tensor, node: Tensor) => readonly (Tensor | undefined)[];
  /** Adds ONNX nodes that compute `node` from the named inputs; gives the name of the result. */
  readonly emit: (emitter: Emitter, inputs: readonly string[], node: Tensor) => string;
  /** Floating-point operations, for those that count (convolutions, matrix products). */
  readonly flops?: (node: Tensor) => number;
}

export type Attributes = Readonly<Record<string, unknown>>;

let nextId = 0;

/** A float32 array that will exist when the program runs. Immutable; made by the operations of this folder. */
export class Tensor {
  /** Creation order: inputs of a node always have smaller ids. */
  readonly id: number = nextId++;
  readonly primitive: Primitive;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;

  constructor(primitive: Primitive, inputs: readonly Tensor[], attributes: Attributes, shape: Shape) {
    for (const extent of shape) {
      if (!Number.isSafeInteger(extent) || extent < 1) {
        throw new RangeError(
          `${primitive.name}: every extent must be a positive integer, got shape ${showShape(shape)}`,
        );
      }
    }
    this.primitive = primitive;
    this.inputs = inputs;
    this.attributes = attributes;
    this.shape = shape;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Axes as non-negative, ascending and distinct; default all. */
export function normalizeAxes(operation: string, rank: number, axes: readonly number[] | undefined): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const result = axes.map((axis) => {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
      throw new RangeError(`${operation}: axis ${axis} is out of range for rank ${rank}`);
    }
    return positive;
  });
  if (new Set(result).size !== result.length)
    throw new RangeError(`${operation}: repeated axis in [${axes.join(", ")}]`);
  return result.sort((a, b) => a - b);
}

const noGradient = (): readonly (Tensor | undefined)[] => [];

const inputPrimitive: Primitive = {
  name: "input",
  vjp: noGradient,
  emit: (_emitter, _inputs, node) => node.attributes.name as string,
};

const constantPrimitive: Primitive = {
  name: "constant",
  vjp: noGradient,
  emit: (emitter, _inputs, node) => emitter.float32(node.attributes.data as Float32Array, node.shape),
};

/** A named argument of the program. */
export function input(name: string, shape: Shape): Tensor {
  if (!/^[A-Za-z_][\w.]*$/.test(name)) throw new TypeError(`input: "${name}" is not a valid name`);
  return new Tensor(inputPrimitive, [], { name }, [...shape]);
}

/** A fixed array. A number is a scalar (shape []). */
export function constant(data: number | ArrayLike<number>, shape?: Shape): Tensor {
  const values = typeof data === "number" ? Float32Array.of(data) : Float32Array.from(data);
  const resolved = shape ?? (typeof data === "number" ? [] : [values.length]);
  if (values.length !== sizeOf(resolved)) {
    throw new RangeError(`constant: ${values.length} values do not fill shape ${showShape(resolved)}`);
  }
  return new Tensor(constantPrimitive, [], { data: values }, [...resolved]);
}

export function isInput(tensor: Tensor): boolean {
  return tensor.primitive === inputPrimitive;
}

/** The value that every element of a constant has, if it is a constant with one value. */
export function uniformValue(tensor: Tensor): number | undefined {
  if (tensor.primitive !== constantPrimitive) return undefined;
  const data = tensor.attributes.data as Float32Array;
  const first = data[0];
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return undefined;
  return first;
}
