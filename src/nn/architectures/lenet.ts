// LeNet-5 (LeCun et al. 1998) as the dataset distillation family has it: ReLU and max pooling.

import { relu } from "../../tensor/operations.ts";
import { sizeOf } from "../../tensor/size.ts";
import { architecture, firstPadding } from "../architecture.ts";
import { flatten, linear, linearSpecs } from "../layers.ts";
import { stack } from "../stack.ts";

/**
 * Builds the LeNet of the family: 5 x 5 convolutions of 6 and 16 channels, each with ReLU and max pooling 2 x 2, then
 * linear layers of 120, 84 and the classes. `width` (default 6) is the first convolution's channels; the second has 10
 * more. No norm. Images from 16 px; 28 px are padded to 32.
 */
export const lenet = architecture({
  facts: {
    name: "lenet",
    summary: "two 5 x 5 convolutions with max pooling, three linear layers",
    width: 6,
    norms: ["none"],
    smallest: 16,
  },
  options: {},
  build({ channels, height, imageWidth, classes, width, norm }) {
    const block = { kernel: 5, pooling: "max" } as const;
    const features = stack({
      input: [channels, height, imageWidth],
      norm,
      activation: "relu",
      blocks: [
        { ...block, channels: width, padding: firstPadding(0, height, imageWidth) },
        { ...block, channels: width + 10, padding: 0 },
      ],
    });
    return {
      parameters: [
        ...features.parameters,
        ...linearSpecs("fc_1", sizeOf(features.output), 120),
        ...linearSpecs("fc_2", 120, 84),
        ...linearSpecs("fc_3", 84, classes),
      ],
      activationCount: 2,
      forward(values, images, mode) {
        const { activations, last, ...norms } = features.forward(values, images, mode);
        const hidden = relu(linear(relu(linear(flatten(last), values, "fc_1")), values, "fc_2"));
        return { activations, features: hidden, logits: linear(hidden, values, "fc_3"), ...norms };
      },
    };
  },
});
