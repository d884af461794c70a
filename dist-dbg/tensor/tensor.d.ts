import type { Emitter } from "./emitter.ts";
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
/** A float32 array that will exist when the program runs. Immutable; made by the operations of this folder. */
export declare class Tensor {
    /** Creation order: inputs of a node always have smaller ids. */
    readonly id: number;
    readonly primitive: Primitive;
    readonly inputs: readonly Tensor[];
    readonly attributes: Attributes;
    readonly shape: Shape;
    constructor(primitive: Primitive, inputs: readonly Tensor[], attributes: Attributes, shape: Shape);
    /** Number of elements. */
    get size(): number;
}
export declare function sizeOf(shape: Shape): number;
export declare function showShape(shape: Shape): string;
export declare function sameShape(a: Shape, b: Shape): boolean;
/** Axes as non-negative, ascending and distinct; default all. */
export declare function normalizeAxes(operation: string, rank: number, axes: readonly number[] | undefined): number[];
/** A named argument of the program. */
export declare function input(name: string, shape: Shape): Tensor;
/** A fixed array. A number is a scalar (shape []). */
export declare function constant(data: number | ArrayLike<number>, shape?: Shape): Tensor;
export declare function isInput(tensor: Tensor): boolean;
/** The value that every element of a constant has, if it is a constant with one value. */
export declare function uniformValue(tensor: Tensor): number | undefined;
//# sourceMappingURL=tensor.d.ts.map