// AlexNet as the dataset distillation family has it: five convolutions at 32 px, one linear layer.

import { sizeOf } from "../../tensor/size.ts";
import { architecture, firstPadding } from "../architecture.ts";
import { flatten, linear, linearSpecs, type Pooling } from "../layers.ts";
import { stack } from "../stack.ts";

/** Channels of each convolution as multiples of the width, its kernel, and whether pooling (max, 2 x 2) follows. */
const BLOCKS: readonly (readonly [multiple: number, kernel: number, pooling: Pooling])[] = [
  [1, 5, "max"],
  [1.5, 5, "max"],
  [2, 3, "none"],
  [1.5, 3, "none"],
  [1.5, 3, "max"],
];

/**
 * Builds the AlexNet of the family: 5 x 5 convolutions of 128 and 192 channels, 3 x 3 of 256, 192 and 192, max pooling
 * after the first, second and last, one linear layer on 192 x 4 x 4 features (32 px). `width` (default 128) scales the
 * channels; it must be even. `norm` (default none) comes after each convolution. Images from 8 px; 28 px are padded to
 * 32.
 */
export const alexnet = architecture({
  facts: {
    name: "alexnet",
    summary: "five convolutions, three max poolings",
    width: 128,
    norms: ["none", "instance", "group", "layer", "batch"],
    smallest: 8,
  },
  options: {},
  build({ channels, height, imageWidth, classes, width, norm }) {
    if (width % 2 !== 0) throw new RangeError(`alexnet: net width must be even, got ${width}`);
    if (norm === "group" && width % 8 !== 0)
      throw new RangeError(`alexnet: group norm needs a width divisible by 8, got ${width}`);
    const features = stack({
      input: [channels, height, imageWidth],
      norm,
      activation: "relu",
      blocks: BLOCKS.map(([multiple, kernel, pooling], i) => ({
        channels: multiple * width,
        kernel,
        padding: i === 0 ? firstPadding(2, height, imageWidth) : (kernel - 1) / 2,
        pooling,
      })),
    });
    return {
      parameters: [...features.parameters, ...linearSpecs("fc", sizeOf(features.output), classes)],
      buffers: features.buffers,
      activationCount: BLOCKS.length,
      forward(values, images, mode) {
        const { activations, last, ...norms } = features.forward(values, images, mode);
        const flat = flatten(last);
        return { activations, features: flat, logits: linear(flat, values, "fc"), ...norms };
      },
    };
  },
});
