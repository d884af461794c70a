// The multi-layer perceptron of the dataset distillation family.
import { relu } from "../tensor/index.js";
import { flatten, linear, linearSpecs } from "./layers.js";
import { settleOptions } from "./options.js";
/**
 * Builds the MLP of the family: two hidden layers of `width` (default 128) with ReLU, one linear layer. No norm, and no activation
 * maps: attention cannot match it.
 *
 * @throws RangeError for option values that it cannot have.
 */
export function mlp(options = {}) {
    const { channels, size, classes, width, norm, height, breadth } = settleOptions("mlp", options);
    return {
        name: "mlp",
        options: { channels, size, classes, width, norm },
        input: [channels, height, breadth],
        classes,
        parameters: [
            ...linearSpecs("fc_1", channels * height * breadth, width),
            ...linearSpecs("fc_2", width, width),
            ...linearSpecs("fc_3", width, classes),
        ],
        buffers: [],
        maps: 0,
        coupled: false,
        forward(values, images) {
            const features = relu(linear(relu(linear(flatten(images), values, "fc_1")), values, "fc_2"));
            return { maps: [], features, logits: linear(features, values, "fc_3"), statistics: {} };
        },
    };
}
//# sourceMappingURL=mlp.js.map