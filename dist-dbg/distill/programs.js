// The programs of DataDAM and DM: what a network says of real images, and how synthetic images should change.
import { add, compile, constant, grad, input, mean, mul, reshape, sum, vjp, } from "../tensor/index.js";
import { attention } from "./attention.js";
import { distance } from "./distance.js";
/** Names of the matched quantities, in order: the attention of each layer, then the features. */
export function quantities({ layers }) {
    return [...layers.map((layer) => `attention${layer}`), "features"];
}
/** The parameters as inputs; those of a fresh network that are constant, as constants. */
export function parameterInputs({ network, fresh }) {
    return Object.fromEntries(network.parameters.map(({ name, shape, initial }) => [
        name,
        fresh && "value" in initial
            ? constant(new Float32Array(shape.reduce((p, e) => p * e, 1)).fill(initial.value), shape)
            : input(name, shape),
    ]));
}
/** Matched quantities of each image, `[n, d]` each, by name. */
function perImage(objective, images) {
    const { maps, features } = objective.network.forward(parameterInputs(objective), images, "train");
    const result = {};
    for (const layer of objective.layers)
        result[`attention${layer}`] = attention(maps[layer], objective.attention);
    result.features = features;
    return result;
}
export function imagesInput({ network }, count) {
    return input("images", [count, ...network.input]);
}
/**
 * Sums over `count` images of what is matched: outputs `[d]` each. Sums of parts add up to that of the whole.
 *
 * @param winograd means need no gradient, so no mask can flip: rounding of 1e-6 is harmless, and a fifth of the time is saved.
 */
export function totalsProgram(objective, count, winograd) {
    const values = perImage(objective, imagesInput(objective, count));
    return trace("totals", objective, mapValues(values, (value) => sum(value, [0])), { winograd });
}
/** Means over each class of `classes * count` images in class order: outputs `[classes, d]` each. */
export function meansProgram(objective, classes, count) {
    const values = perImage(objective, imagesInput(objective, classes * count));
    return trace("means", objective, mapValues(values, (value) => classMeans(value, classes)));
}
function classMeans(value, classes) {
    const [n, d] = value.shape;
    return mean(reshape(value, [classes, n / classes, d]), [1]);
}
/**
 * Loss and gradient of synthetic images against target means (inputs `target.<quantity>` `[classes, d]`): outputs
 * `distance.<quantity>` (summed over classes, unweighted) and `gradient` `[classes * count, c, h, w]` of the weighted sum
 * of distances.
 *
 * @param winogradGradients the way back is linear, and every mask is drawn by then: its rounding flips none.
 */
export function matchProgram(objective, classes, count, winogradGradients = false) {
    const images = imagesInput(objective, classes * count);
    const values = perImage(objective, images);
    const outputs = {};
    let loss;
    for (const name of quantities(objective)) {
        const means = classMeans(values[name], classes);
        const apart = distance(objective.errorType, means, input(`target.${name}`, means.shape));
        outputs[`distance.${name}`] = apart;
        if (weightOf(objective, name) === 0)
            continue;
        const weighted = mul(apart, weightOf(objective, name));
        loss = loss === undefined ? weighted : add(loss, weighted);
    }
    outputs.gradient = grad(loss, [images])[0];
    return trace("match", objective, outputs, { winogradGradients });
}
/** Weight of a distance in the loss. */
export function weightOf({ weights }, quantity) {
    return quantity === "features" ? weights.features : weights.attention;
}
/**
 * The image gradient given each quantity's cotangent (inputs `cotangent.<quantity>` `[d]`, the same for every image):
 * for synthetic classes too large for one {@link matchProgram}.
 */
export function pullbackProgram(objective, count, winogradGradients = false) {
    const images = imagesInput(objective, count);
    const values = perImage(objective, images);
    let total;
    for (const name of quantities(objective)) {
        if (weightOf(objective, name) === 0)
            continue;
        const value = values[name];
        const part = vjp(value, reshape(input(`cotangent.${name}`, [value.shape[1]]), [1, -1]), [images])[0];
        total = total === undefined ? part : add(total, part);
    }
    return trace("pullback", objective, { gradient: total }, { winogradGradients });
}
/** Parameters are bound: they stay for all classes of an iteration. */
export function trace(name, { network }, outputs, options = {}) {
    return compile(name, outputs, { ...options, bound: network.parameters.map((parameter) => parameter.name) });
}
function mapValues(record, f) {
    return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}
//# sourceMappingURL=programs.js.map