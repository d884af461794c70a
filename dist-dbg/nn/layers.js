// Layers as pairs: the parameters they own, and what they do.
import { add, averagePool, batchNorm, batchNormWith, batchStatistics, groupNorm, leakyRelu, matmul, maxPool, mul, relu, reshape, sigmoid, swish, transpose, } from "../tensor/index.js";
export const NORMS = ["none", "instance", "group", "layer", "batch"];
export const ACTIVATIONS = ["relu", "leaky_relu", "sigmoid", "swish"];
export const POOLINGS = ["average", "max", "none"];
/** Groups of `group` norm in the family's ConvNet. */
const GROUPS = 4;
/** The activation of that name. */
export function activate(x, activation) {
    switch (activation) {
        case "relu":
            return relu(x);
        case "leaky_relu":
            return leakyRelu(x);
        case "sigmoid":
            return sigmoid(x);
        case "swish":
            return swish(x);
    }
}
/** 2 x 2 windows, stride 2. */
export function pool(x, pooling) {
    if (pooling === "none")
        return x;
    return pooling === "average" ? averagePool(x, 2) : maxPool(x, 2);
}
/** `[n, ...]` as `[n, d]`. */
export function flatten(x) {
    return reshape(x, [x.shape[0], -1]);
}
/** `x W^T + b` of rows `x [n, d]`, with the layer's weight `[outputs, d]` and bias (where it has one). */
export function linear(x, values, name) {
    const product = matmul(x, transpose(values[`${name}.weight`]));
    const bias = values[`${name}.bias`];
    return bias === undefined ? product : add(product, bias);
}
/** `<name>.weight` of `shape` `[outputs, inputs, height, width]` and `<name>.bias`, in PyTorch's default distribution. */
export function convSpecs(name, shape) {
    const bound = 1 / Math.sqrt(shape[1] * shape[2] * shape[3]);
    return [
        { name: `${name}.weight`, shape, initial: { bound } },
        { name: `${name}.bias`, shape: [shape[0]], initial: { bound } },
    ];
}
/** {@link convSpecs} without the bias. */
export function unbiasedConvSpecs(name, shape) {
    return convSpecs(name, shape).slice(0, 1);
}
/** `<name>.weight` `[outputs, inputs]` and `<name>.bias`, in PyTorch's default distribution. */
export function linearSpecs(name, inputs, outputs) {
    const bound = 1 / Math.sqrt(inputs);
    return [
        { name: `${name}.weight`, shape: [outputs, inputs], initial: { bound } },
        { name: `${name}.bias`, shape: [outputs], initial: { bound } },
    ];
}
/** `<name>.weight` and `<name>.bias` `[channels]` of a norm, at first the identity; none for norm `none`. */
export function normSpecs(name, norm, channels) {
    if (norm === "none")
        return [];
    return [
        { name: `${name}.weight`, shape: [channels], initial: { value: 1 } },
        { name: `${name}.bias`, shape: [channels], initial: { value: 0 } },
    ];
}
/** Running statistics of batch norm; none for other norms. */
export function normBuffers(name, norm, channels) {
    if (norm !== "batch")
        return [];
    return [
        { name: `${name}.running_mean`, shape: [channels], initial: { value: 0 } },
        { name: `${name}.running_var`, shape: [channels], initial: { value: 1 } },
    ];
}
/**
 * Normalises `x + offset` (offset `[channels]`, the convolution's bias where it has one). Norms that centre each channel take it away
 * again, so there it is never added (its gradient is zero too). In training mode with batch norm, adds what running
 * statistics are updated with to `statistics`.
 */
export function normalize(convolved, offset, norm, name, values, mode, statistics) {
    const centred = norm === "instance" || (norm === "batch" && mode === "train");
    const x = centred || offset === undefined ? convolved : add(convolved, reshape(offset, [1, -1, 1, 1]));
    if (norm === "none")
        return x;
    const [scale, bias] = [values[`${name}.weight`], values[`${name}.bias`]];
    if (norm === "batch") {
        const [mean, variance] = [`${name}.running_mean`, `${name}.running_var`];
        if (mode === "evaluate")
            return batchNormWith(x, scale, bias, { mean: values[mean], variance: values[variance] });
        const batch = batchStatistics(x);
        statistics[mean] = add(batch.mean, offset ?? 0);
        // Running variances are unbiased, as PyTorch's are.
        const positions = x.size / x.shape[1];
        statistics[variance] = mul(batch.variance, positions / Math.max(1, positions - 1));
        return batchNorm(x, scale, bias);
    }
    const channels = x.shape[1];
    return groupNorm(x, { instance: channels, group: GROUPS, layer: 1 }[norm], scale, bias);
}
//# sourceMappingURL=layers.js.map