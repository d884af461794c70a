// The ConvNet of the dataset distillation family (Gidaris & Komodakis 2018; Zhao et al. 2021): blocks of convolution
// 3x3, normalisation, activation, pooling 2x2; then one linear layer.

import { sizeOf } from "../../tensor/size.ts";
import { architecture, firstPadding } from "../architecture.ts";
import { ACTIVATIONS, flatten, linear, linearSpecs, POOLINGS } from "../layers.ts";
import { stack } from "../stack.ts";

/** Options of {@link convnet}. */
export type ConvNetOptions = NonNullable<Parameters<typeof convnet>[0]>;

/**
 * Builds a ConvNet of `depth` (default 3) blocks of `width` (default 128) channels, with `norm` (default instance),
 * `activation` (default relu) and `pooling` (default average). Parameters are named as in the family's `state_dict`
 * (`features.0.weight`, ..., `classifier.bias`) and initialised as PyTorch does (uniform, bound 1 / sqrt(fan in)).
 * Images of 28 px are padded to 32 by the first convolution (padding 3), as the family does.
 */
export const convnet = architecture({
  facts: {
    name: "convnet",
    summary: "blocks of a 3 x 3 convolution, norm, activation and pooling",
    width: 128,
    norms: ["instance", "none", "group", "layer", "batch"],
    smallest: 1,
  },
  options: {
    depth: {
      type: "integer",
      most: 16,
      default: 3,
      auto: (height, width) => depthFor(Math.min(height, width)),
      description: "Blocks. auto: by image size, 3 at 28 and 32 px, 4 at 64, 5 at 128.",
    },
    activation: {
      type: "choice",
      choices: ACTIVATIONS,
      default: "relu",
      description: "Activation of each block. auto: relu.",
    },
    pooling: {
      type: "choice",
      choices: POOLINGS,
      default: "average",
      description: "2 x 2 pooling of each block. auto: average.",
    },
  },
  build({ channels, height, imageWidth, classes, width, norm, depth, activation, pooling }) {
    const blocks = Array.from({ length: depth }, (_, i) => ({
      channels: width,
      kernel: 3,
      padding: i === 0 ? firstPadding(1, height, imageWidth) : 1,
      pooling,
    }));
    const features = stack({ input: [channels, height, imageWidth], blocks, norm, activation });
    if (features.output.some((extent) => extent < 1)) {
      const side = Math.min(height, imageWidth);
      const most = side === 28 && height === imageWidth ? 5 : Math.floor(Math.log2(side));
      const hint = most < 1 ? "use pooling none" : `use depth ${most} or less, or pooling none`;
      throw new RangeError(`convnet: depth ${depth} halves ${height} x ${imageWidth} images to nothing; ${hint}`);
    }
    return {
      parameters: [...features.parameters, ...linearSpecs("classifier", sizeOf(features.output), classes)],
      buffers: features.buffers,
      activationCount: depth,
      forward(values, images, mode) {
        const { activations, last, ...norms } = features.forward(values, images, mode);
        const flat = flatten(last);
        return { activations, features: flat, logits: linear(flat, values, "classifier"), ...norms };
      },
    };
  },
});

/** Blocks for images of `side` px: 3 at 28 and 32, 4 at 64, 5 at 128. */
function depthFor(side: number): number {
  return Math.min(8, Math.max(1, Math.round(Math.log2(side)) - 2));
}
