// VGG (Simonyan & Zisserman 2015) as the dataset distillation family has it: 3 x 3 convolutions, five max poolings, one
// linear layer.

import { sizeOf } from "../../tensor/size.ts";
import { type Architecture, architecture, firstPadding, type NoOptions } from "../architecture.ts";
import { flatten, linear, linearSpecs } from "../layers.ts";
import { stack } from "../stack.ts";

/** Channels of each stage as multiples of the width; pooling follows each stage. */
const STAGES = [1, 2, 4, 8, 8];

type Depths = readonly [number, number, number, number, number];

/** VGG-11: eight convolutions. See {@link vgg16}. */
export const vgg11 = vgg("vgg11", [1, 1, 2, 2, 2]);

/** VGG-13: ten convolutions. See {@link vgg16}. */
export const vgg13 = vgg("vgg13", [2, 2, 2, 2, 2]);

/**
 * VGG-16: thirteen 3 x 3 convolutions in five stages of 64, 128, 256, 512 and 512 channels, max pooling 2 x 2 after
 * each stage, one linear layer on 512 features (32 px). `width` (default 64) scales the channels. `norm` (default
 * instance) comes after each convolution. Images from 32 px; 28 px are padded to 32.
 */
export const vgg16 = vgg("vgg16", [2, 2, 3, 3, 3]);

function vgg(name: string, depths: Depths): Architecture<NoOptions> {
  const convolutions = depths.reduce((total, depth) => total + depth, 0);
  return architecture({
    facts: {
      name,
      summary: `${convolutions} convolutions of 3 x 3 in five stages, a max pooling each`,
      width: 64,
      norms: ["instance", "none", "group", "layer", "batch"],
      smallest: 28,
    },
    options: {},
    build({ channels, height, imageWidth, classes, width, norm }) {
      const blocks = STAGES.flatMap((multiple, stage) =>
        Array.from({ length: depths[stage] }, (_, i) => ({
          channels: multiple * width,
          kernel: 3,
          padding: stage === 0 && i === 0 ? firstPadding(1, height, imageWidth) : 1,
          pooling: i === depths[stage] - 1 ? ("max" as const) : ("none" as const),
        })),
      );
      const features = stack({ input: [channels, height, imageWidth], blocks, norm, activation: "relu" });
      if (features.output.some((extent) => extent < 1)) {
        const images = `${height} x ${imageWidth} images`;
        throw new RangeError(
          `${name}: five poolings halve ${images} to nothing; it needs 32 px (or 28 x 28), or use another network`,
        );
      }
      return {
        parameters: [...features.parameters, ...linearSpecs("classifier", sizeOf(features.output), classes)],
        buffers: features.buffers,
        activationCount: convolutions,
        forward(values, images, mode) {
          const { activations, last, ...norms } = features.forward(values, images, mode);
          const flat = flatten(last);
          return { activations, features: flat, logits: linear(flat, values, "classifier"), ...norms };
        },
      };
    },
  });
}
