// A traced tensor: a node of a computation graph with a static shape. Nothing is computed here.
let nextId = 0;
/** A float32 array that will exist when the program runs. Immutable; made by the operations of this folder. */
export class Tensor {
    /** Creation order: inputs of a node always have smaller ids. */
    id = nextId++;
    primitive;
    inputs;
    attributes;
    shape;
    constructor(primitive, inputs, attributes, shape) {
        for (const extent of shape) {
            if (!Number.isSafeInteger(extent) || extent < 1) {
                throw new RangeError(`${primitive.name}: every extent must be a positive integer, got shape ${showShape(shape)}`);
            }
        }
        this.primitive = primitive;
        this.inputs = inputs;
        this.attributes = attributes;
        this.shape = shape;
    }
    /** Number of elements. */
    get size() {
        return sizeOf(this.shape);
    }
}
export function sizeOf(shape) {
    return shape.reduce((product, extent) => product * extent, 1);
}
export function showShape(shape) {
    return `[${shape.join(", ")}]`;
}
export function sameShape(a, b) {
    return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
/** Axes as non-negative, ascending and distinct; default all. */
export function normalizeAxes(operation, rank, axes) {
    if (axes === undefined)
        return Array.from({ length: rank }, (_, axis) => axis);
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
const noGradient = () => [];
const inputPrimitive = {
    name: "input",
    vjp: noGradient,
    emit: (_emitter, _inputs, node) => node.attributes.name,
};
const constantPrimitive = {
    name: "constant",
    vjp: noGradient,
    emit: (emitter, _inputs, node) => emitter.float32(node.attributes.data, node.shape),
};
/** A named argument of the program. */
export function input(name, shape) {
    if (!/^[A-Za-z_][\w.]*$/.test(name))
        throw new TypeError(`input: "${name}" is not a valid name`);
    return new Tensor(inputPrimitive, [], { name }, [...shape]);
}
/** A fixed array. A number is a scalar (shape []). */
export function constant(data, shape) {
    const values = typeof data === "number" ? Float32Array.of(data) : Float32Array.from(data);
    const resolved = shape ?? (typeof data === "number" ? [] : [values.length]);
    if (values.length !== sizeOf(resolved)) {
        throw new RangeError(`constant: ${values.length} values do not fill shape ${showShape(resolved)}`);
    }
    return new Tensor(constantPrimitive, [], { data: values }, [...resolved]);
}
export function isInput(tensor) {
    return tensor.primitive === inputPrimitive;
}
/** The value that every element of a constant has, if it is a constant with one value. */
export function uniformValue(tensor) {
    if (tensor.primitive !== constantPrimitive)
        return undefined;
    const data = tensor.attributes.data;
    const first = data[0];
    for (let i = 1; i < data.length; i++)
        if (data[i] !== first)
            return undefined;
    return first;
}
//# sourceMappingURL=tensor.js.map