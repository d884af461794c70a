// The multi-layer perceptron of the dataset distillation family.

import { relu } from "../../tensor/operations.ts";
import { architecture } from "../architecture.ts";
import { flatten, linear, linearSpecs } from "../layers.ts";

/**
 * Builds the MLP of the family: two hidden layers of `width` (default 128) with ReLU, one linear layer. No norm, and no
 * activation maps: attention cannot match it.
 */
export const mlp = architecture({
  facts: { name: "mlp", summary: "two hidden layers", width: 128, norms: ["none"], smallest: 1 },
  options: {},
  build({ channels, height, imageWidth, classes, width }) {
    return {
      parameters: [
        ...linearSpecs("fc_1", channels * height * imageWidth, width),
        ...linearSpecs("fc_2", width, width),
        ...linearSpecs("fc_3", width, classes),
      ],
      activationCount: 0,
      forward(values, images) {
        const features = relu(linear(relu(linear(flatten(images), values, "fc_1")), values, "fc_2"));
        return { activations: [], features, logits: linear(features, values, "fc_3"), statistics: {} };
      },
    };
  },
});
