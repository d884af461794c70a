// The programs of evaluation: gradients of a training batch, and counting correct answers.
import { compile, equal, grad, input, logSoftmax, max, mul, neg, sum, } from "../tensor/index.js";
/** Prefixes of output names. */
export const GRADIENT = "gradient.";
export const STATISTIC = "statistic.";
function traceInputs(network, count, mode) {
    const specs = mode === "train" ? network.parameters : [...network.parameters, ...network.buffers];
    return {
        values: Object.fromEntries(specs.map(({ name, shape }) => [name, input(name, shape)])),
        images: input("images", [count, ...network.input]),
        targets: input("targets", [count, network.classes]),
    };
}
/**
 * Sums over `count` images, given `images`, one-hot `targets` and the parameters: `loss`, `gradient.<parameter>` and, with batch
 * norm, `statistic.<buffer>`.
 *
 * @param options `winogradGradients`: the way back is linear, and every mask is drawn by then: its rounding flips none.
 */
export function trainProgram(network, count, options = {}) {
    const { values, images, targets } = traceInputs(network, count, "train");
    const { logits, statistics } = network.forward(values, images, "train");
    const loss = neg(sum(mul(targets, logSoftmax(logits))));
    const names = Object.keys(values);
    const gradients = grad(loss, names.map((name) => values[name]));
    const outputs = { loss };
    for (const [i, name] of names.entries())
        outputs[GRADIENT + name] = gradients[i];
    for (const [name, statistic] of Object.entries(statistics))
        outputs[STATISTIC + name] = statistic;
    return compile("train", outputs, options);
}
/** How many of `count` images are classified as their targets say: output `correct`. */
export function correctProgram(network, count) {
    const { values, images, targets } = traceInputs(network, count, "evaluate");
    const { logits } = network.forward(values, images, "evaluate");
    const best = equal(logits, max(logits, [1], { keep: true }));
    return compile("evaluate", { correct: sum(mul(best, targets)) }, { bound: Object.keys(values) });
}
/** What the network says of each of `count` images, with running statistics: output `output`, `[count, d]`. */
export function outputProgram(network, count, what) {
    const { values, images } = traceInputs(network, count, "evaluate");
    const output = network.forward(values, images, "evaluate")[what];
    return compile(what, { output }, { bound: Object.keys(values) });
}
//# sourceMappingURL=programs.js.map