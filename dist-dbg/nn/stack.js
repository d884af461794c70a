// Blocks of convolution, norm, activation and pooling one after another, named as in an nn.Sequential called `features`.
import { conv2d } from "../tensor/index.js";
import { activate, convSpecs, normalize, normBuffers, normSpecs, pool, } from "./layers.js";
/** Extents below 1 in `output`, or NaN, mean that the images are too small: the caller says what would help. */
export function stack({ input, blocks, norm, activation }) {
    let [channels, height, width] = input;
    let position = 0;
    const layers = blocks.map((block) => {
        const layer = { ...block, inputs: channels, conv: `features.${position}`, norm: `features.${position + 1}` };
        position += 2 + (norm === "none" ? 0 : 1) + (block.pooling === "none" ? 0 : 1);
        channels = block.channels;
        [height, width] = [height, width].map((extent) => {
            const convolved = extent + 2 * block.padding - block.kernel + 1;
            return block.pooling === "none" ? convolved : Math.floor(convolved / 2);
        });
        return layer;
    });
    return {
        parameters: layers.flatMap((layer) => [
            ...convSpecs(layer.conv, [layer.channels, layer.inputs, layer.kernel, layer.kernel]),
            ...normSpecs(layer.norm, norm, layer.channels),
        ]),
        buffers: layers.flatMap((layer) => normBuffers(layer.norm, norm, layer.channels)),
        output: [channels, height, width],
        forward(values, images, mode) {
            const maps = [];
            const statistics = {};
            let x = images;
            for (const layer of layers) {
                x = conv2d(x, values[`${layer.conv}.weight`], { padding: layer.padding });
                const offset = values[`${layer.conv}.bias`];
                x = activate(normalize(x, offset, norm, layer.norm, values, mode, statistics), activation);
                maps.push(x);
                x = pool(x, layer.pooling);
            }
            return { maps, last: x, statistics };
        },
    };
}
//# sourceMappingURL=stack.js.map