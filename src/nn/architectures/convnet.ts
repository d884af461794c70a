// The ConvNet of the dataset distillation family (Gidaris & Komodakis 2018; Zhao et al. 2021): blocks of
// convolution 3x3, normalisation, activation, pooling 2x2; then one linear layer.

import { sizeOf } from "../../tensor/size.ts";
import {
  ACTIVATIONS,
  type Activation,
  flatten,
  linear,
  linearSpecs,
  NORMS,
  POOLINGS,
  type Pooling,
} from "../layers.ts";
import type { Network } from "../network.ts";
import { checkChoice, checkCounts, firstPadding, type NetworkOptions, sidesOf } from "../options.ts";
import { stack } from "../stack.ts";

/** `width` is that of every block (default 128), `norm` is by default `"instance"`. */
export interface ConvNetOptions extends NetworkOptions {
  /** Blocks. Default 3. */
  depth?: number;
  /** Default `"relu"`. */
  activation?: Activation;
  /** Default `"average"`. */
  pooling?: Pooling;
}

/**
 * Builds a ConvNet. Parameters are named as in the family's `state_dict` (`features.0.weight`, ...,
 * `classifier.bias`) and initialised as PyTorch does (uniform, bound 1 / sqrt(fan in)). Images of 28 px are padded to
 * 32 by the first convolution (padding 3), as the family does.
 *
 * @throws RangeError for an unknown option value, or more pooled blocks than the image has halvings.
 */
export function convnet(options: ConvNetOptions = {}): Network {
  const { channels = 3, size = 32, classes = 10, depth = 3, width = 128 } = options;
  const { norm = "instance", activation = "relu", pooling = "average" } = options;
  const [height, imageWidth] = sidesOf(size);
  checkCounts("convnet", { channels, height, width: imageWidth, classes, depth, "net width": width });
  checkChoice("convnet", "norm", norm, NORMS);
  checkChoice("convnet", "activation", activation, ACTIVATIONS);
  checkChoice("convnet", "pooling", pooling, POOLINGS);
  if (norm === "group" && width % 4 !== 0)
    throw new RangeError(`convnet: group norm needs a width divisible by 4, got ${width}`);

  const blocks = Array.from({ length: depth }, (_, i) => ({
    channels: width,
    kernel: 3,
    padding: i === 0 ? firstPadding(1, height, imageWidth) : 1,
    pooling,
  }));
  const features = stack({ input: [channels, height, imageWidth], blocks, norm, activation });
  if (features.output.some((extent) => extent < 1)) {
    throw new RangeError(
      `convnet: depth ${depth} halves ${height} x ${imageWidth} images to nothing; use a smaller depth`,
    );
  }
  const featureCount = sizeOf(features.output);

  return {
    name: "convnet",
    options: { channels, size, classes, depth, width, norm, activation, pooling },
    input: [channels, height, imageWidth],
    classes,
    parameters: [...features.parameters, ...linearSpecs("classifier", featureCount, classes)],
    buffers: features.buffers,
    activationCount: depth,
    usesBatchStatistics: norm === "batch",
    forward(values, images, mode) {
      const { activations, last, ...norms } = features.forward(values, images, mode);
      const flat = flatten(last);
      return { activations, features: flat, logits: linear(flat, values, "classifier"), ...norms };
    },
  };
}
