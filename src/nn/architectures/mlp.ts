// The multi-layer perceptron of the dataset distillation family.

import { relu } from "../../tensor/index.ts";
import { flatten, linear, linearSpecs } from "../layers.ts";
import type { Network } from "../network.ts";
import { type NetworkOptions, settleOptions } from "../options.ts";

/**
 * Builds the MLP of the family: two hidden layers of `width` (default 128) with ReLU, one linear layer. No norm, and no activation
 * maps: attention cannot match it.
 *
 * @throws RangeError for option values that it cannot have.
 */
export function mlp(options: NetworkOptions = {}): Network {
  const { channels, size, classes, width, norm, height, imageWidth } = settleOptions("mlp", options);
  return {
    name: "mlp",
    options: { channels, size, classes, width, norm },
    input: [channels, height, imageWidth],
    classes,
    parameters: [
      ...linearSpecs("fc_1", channels * height * imageWidth, width),
      ...linearSpecs("fc_2", width, width),
      ...linearSpecs("fc_3", width, classes),
    ],
    buffers: [],
    activationCount: 0,
    usesBatchStatistics: false,
    forward(values, images) {
      const features = relu(linear(relu(linear(flatten(images), values, "fc_1")), values, "fc_2"));
      return { activations: [], features, logits: linear(features, values, "fc_3"), statistics: {} };
    },
  };
}
