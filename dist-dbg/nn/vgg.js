// VGG (Simonyan & Zisserman 2015) as the dataset distillation family has it: 3 x 3 convolutions, five max poolings, one
// linear layer.
import { flatten, linear, linearSpecs } from "./layers.js";
import { firstPadding, settleOptions } from "./options.js";
import { stack } from "./stack.js";
/** Channels of each stage as multiples of the width; pooling follows each stage. */
const STAGES = [1, 2, 4, 8, 8];
/** VGG-11: eight convolutions. See {@link vgg16}. */
export function vgg11(options = {}) {
    return vgg("vgg11", [1, 1, 2, 2, 2], options);
}
/** VGG-13: ten convolutions. See {@link vgg16}. */
export function vgg13(options = {}) {
    return vgg("vgg13", [2, 2, 2, 2, 2], options);
}
/**
 * VGG-16: thirteen 3 x 3 convolutions in five stages of 64, 128, 256, 512 and 512 channels, max pooling 2 x 2 after each
 * stage, one linear layer on 512 features (32 px). `width` (default 64) scales the channels. `norm` (default instance)
 * comes after each convolution. Images from 32 px; 28 px are padded to 32.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export function vgg16(options = {}) {
    return vgg("vgg16", [2, 2, 3, 3, 3], options);
}
function vgg(name, depths, options) {
    const { channels, size, classes, width, norm, height, breadth } = settleOptions(name, options);
    const blocks = STAGES.flatMap((multiple, stage) => Array.from({ length: depths[stage] }, (_, i) => ({
        channels: multiple * width,
        kernel: 3,
        padding: stage === 0 && i === 0 ? firstPadding(1, height, breadth) : 1,
        pooling: i === depths[stage] - 1 ? "max" : "none",
    })));
    const features = stack({ input: [channels, height, breadth], blocks, norm, activation: "relu" });
    if (features.output.some((extent) => extent < 1)) {
        throw new RangeError(`${name}: five poolings halve ${height} x ${breadth} images to nothing; it needs 32 px (or 28 x 28), or use another network`);
    }
    const featureCount = features.output.reduce((product, extent) => product * extent, 1);
    return {
        name,
        options: { channels, size, classes, width, norm },
        input: [channels, height, breadth],
        classes,
        parameters: [...features.parameters, ...linearSpecs("classifier", featureCount, classes)],
        buffers: features.buffers,
        maps: blocks.length,
        coupled: norm === "batch",
        forward(values, images, mode) {
            const { maps, last, statistics } = features.forward(values, images, mode);
            const flat = flatten(last);
            return { maps, features: flat, logits: linear(flat, values, "classifier"), statistics };
        },
    };
}
//# sourceMappingURL=vgg.js.map