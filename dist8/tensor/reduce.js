// Reductions over axes. Reduced axes stay as extents of 1 with `keep`.
import { div, mul, sub } from "./elementwise.js";
import { expand, reshape } from "./shape.js";
import { normalizeAxes, Tensor } from "./tensor.js";
function keptShape(shape, axes) {
    return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}
function emitReduction(operator) {
    return (emitter, [x], node) => {
        const axes = node.attributes.axes;
        return emitter.node(operator, [x, emitter.int64(axes)], { keepdims: 1 });
    };
}
// Both primitives keep the reduced axes; dropping them is a reshape.
const sumPrimitive = {
    name: "sum",
    vjp: (g, { inputs: [x] }) => [expand(g, x.shape)],
    emit: emitReduction("ReduceSum"),
};
const maxPrimitive = {
    name: "max",
    // Shared evenly between equal maxima, as PyTorch's amax does.
    vjp: (g, node) => {
        const [x] = node.inputs;
        const isMax = equal(x, node);
        const count = sum(isMax, node.attributes.axes, { keep: true });
        return [mul(div(g, count), isMax)];
    },
    emit: emitReduction("ReduceMax"),
};
const equalPrimitive = {
    name: "equal",
    vjp: () => [undefined, undefined],
    emit: (emitter, inputs) => emitter.node("Cast", [emitter.node("Equal", inputs)], { to: 1 }),
};
/** 1 where `a == b` (broadcast), else 0. Not differentiated. */
export function equal(a, b) {
    return new Tensor(equalPrimitive, [a, b], {}, sub(a, b).shape);
}
function reduce(primitive, x, axes, keep) {
    const resolved = normalizeAxes(primitive.name, x.shape.length, axes);
    const kept = keptShape(x.shape, resolved);
    const reduced = resolved.every((axis) => x.shape[axis] === 1)
        ? x
        : new Tensor(primitive, [x], { axes: resolved }, kept);
    return keep
        ? reduced
        : reshape(reduced, x.shape.filter((_, axis) => !resolved.includes(axis)));
}
/** Sum over `axes` (default all). */
export function sum(x, axes, { keep = false } = {}) {
    return reduce(sumPrimitive, x, axes, keep);
}
/** Mean over `axes` (default all). */
export function mean(x, axes, options = {}) {
    const total = sum(x, axes, options);
    return mul(total, total.size / x.size);
}
/** Largest element over `axes` (default all). Equal maxima share the gradient evenly. */
export function max(x, axes, { keep = false } = {}) {
    return reduce(maxPrimitive, x, axes, keep);
}
//# sourceMappingURL=reduce.js.map