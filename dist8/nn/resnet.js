// ResNet (He et al. 2016) as the dataset distillation family has it for 32 px: a 3 x 3 stem, four stages of basic
// blocks, and a variant that pools where others stride.
import { add, averagePool, conv2d, mean, relu } from "../tensor/index.js";
import { flatten, linear, linearSpecs, normalize, normBuffers, normSpecs, unbiasedConvSpecs } from "./layers.js";
import { firstPadding, settleOptions } from "./options.js";
/** ResNet-10: one basic block a stage. See {@link resnet18}. */
export function resnet10(options = {}) {
    return resnet("resnet10", [1, 1, 1, 1], false, options);
}
/**
 * ResNet-18 for 32 px: a 3 x 3 convolution, four stages of two basic blocks with 64, 128, 256 and 512 channels (the last
 * three halve the image by stride), the mean over all positions, one linear layer. Convolutions have no bias; a `norm`
 * (default instance) follows each. `width` (default 64) scales the channels. Images from 16 px; 28 px are padded to 32.
 * The activation maps are those after the stem and after each block.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export function resnet18(options = {}) {
    return resnet("resnet18", [2, 2, 2, 2], false, options);
}
/** {@link resnet18ap} with one basic block a stage. */
export function resnet10ap(options = {}) {
    return resnet("resnet10ap", [1, 1, 1, 1], true, options);
}
/**
 * The family's average-pool variant of {@link resnet18}: no convolution strides, average pooling 2 x 2 halves the image instead (in
 * the branch after the first activation, in the shortcut after its convolution), and the linear layer takes all positions
 * of the last maps (512 x 4 x 4 at 32 px).
 */
export function resnet18ap(options = {}) {
    return resnet("resnet18ap", [2, 2, 2, 2], true, options);
}
function blocksOf(depths, width, pooled) {
    return depths.flatMap((depth, stage) => Array.from({ length: depth }, (_, i) => {
        const name = `layer${stage + 1}.${i}`;
        const outputs = width * 2 ** stage;
        const first = i === 0 && stage > 0;
        return {
            name,
            inputs: first ? outputs / 2 : outputs,
            outputs,
            halves: first,
            shortcut: first ? { conv: `${name}.shortcut.0`, norm: `${name}.shortcut.${pooled ? 2 : 1}` } : undefined,
        };
    }));
}
function resnet(name, depths, pooled, options) {
    const { channels, size, classes, width, norm, height, breadth } = settleOptions(name, options);
    const blocks = blocksOf(depths, width, pooled);
    const padding = firstPadding(1, height, breadth);
    // Strided convolutions round up, poolings down.
    const [rows, columns] = [height, breadth].map((extent) => [1, 2, 3].reduce((rest) => (pooled ? Math.floor(rest / 2) : Math.ceil(rest / 2)), extent + 2 * padding - 2));
    const last = width * 8;
    const featureCount = pooled ? last * rows * columns : last;
    const norms = [
        { name: "bn1", channels: width },
        ...blocks.flatMap(({ name, outputs, shortcut }) => [
            { name: `${name}.bn1`, channels: outputs },
            { name: `${name}.bn2`, channels: outputs },
            ...(shortcut === undefined ? [] : [{ name: shortcut.norm, channels: outputs }]),
        ]),
    ];
    const parameters = [
        ...unbiasedConvSpecs("conv1", [width, channels, 3, 3]),
        ...blocks.flatMap(({ name, inputs, outputs, shortcut }) => [
            ...unbiasedConvSpecs(`${name}.conv1`, [outputs, inputs, 3, 3]),
            ...unbiasedConvSpecs(`${name}.conv2`, [outputs, outputs, 3, 3]),
            ...(shortcut === undefined ? [] : unbiasedConvSpecs(shortcut.conv, [outputs, inputs, 1, 1])),
        ]),
        ...norms.flatMap((own) => normSpecs(own.name, norm, own.channels)),
        ...linearSpecs("classifier", featureCount, classes),
    ];
    return {
        name,
        options: { channels, size, classes, width, norm },
        input: [channels, height, breadth],
        classes,
        parameters,
        buffers: norms.flatMap((own) => normBuffers(own.name, norm, own.channels)),
        maps: blocks.length + 1,
        coupled: norm === "batch",
        forward(values, images, mode) {
            const statistics = {};
            const normed = (x, own) => normalize(x, undefined, norm, own, values, mode, statistics);
            let x = relu(normed(conv2d(images, values["conv1.weight"], { padding }), "bn1"));
            const maps = [x];
            for (const block of blocks) {
                x = basicBlock(x, block, pooled, values, normed);
                maps.push(x);
            }
            const features = pooled ? flatten(x) : mean(x, [2, 3]);
            return { maps, features, logits: linear(features, values, "classifier"), statistics };
        },
    };
}
function basicBlock(x, { name, halves, shortcut }, pooled, values, normed) {
    const stride = halves && !pooled ? 2 : 1;
    const shrink = (y) => (halves && pooled ? averagePool(y, 2) : y);
    const inner = relu(normed(conv2d(x, values[`${name}.conv1.weight`], { stride, padding: 1 }), `${name}.bn1`));
    const branch = normed(conv2d(shrink(inner), values[`${name}.conv2.weight`], { padding: 1 }), `${name}.bn2`);
    const straight = shortcut === undefined
        ? x
        : normed(shrink(conv2d(x, values[`${shortcut.conv}.weight`], { stride })), shortcut.norm);
    return relu(add(branch, straight));
}
//# sourceMappingURL=resnet.js.map