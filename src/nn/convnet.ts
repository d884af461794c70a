// The ConvNet of the dataset distillation family (Gidaris & Komodakis 2018; Zhao et al. 2021): blocks of
// convolution 3x3, normalisation, activation, pooling 2x2; then one linear layer.

import { add, conv2d, matmul, reshape, type Tensor, transpose } from "../tensor/index.ts";
import {
  ACTIVATIONS,
  type Activation,
  activate,
  convSpecs,
  linearSpecs,
  NORMS,
  type Norm,
  normalize,
  normBuffers,
  normSpecs,
  POOLINGS,
  type Pooling,
  pool,
} from "./layers.ts";
import type { Network, ParameterSpec } from "./network.ts";

export interface ConvNetOptions {
  /** Image channels. Default 3. */
  channels?: number;
  /** Image height and width, in pixels; a pair for images that are not square. Default 32. */
  size?: number | readonly [height: number, width: number];
  /** Default 10. */
  classes?: number;
  /** Blocks. Default 3. */
  depth?: number;
  /** Feature maps of each convolution. Default 128. */
  width?: number;
  /** Default `"instance"`. */
  norm?: Norm;
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
  const [height, breadth] = typeof size === "number" ? [size, size] : size;
  for (const [name, value] of Object.entries({
    channels,
    height,
    width: breadth,
    classes,
    depth,
    "net width": width,
  })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`convnet: ${name} must be a positive integer, got ${value}`);
  }
  oneOf("norm", norm, NORMS);
  oneOf("activation", activation, ACTIVATIONS);
  oneOf("pooling", pooling, POOLINGS);
  if (norm === "group" && width % 4 !== 0)
    throw new RangeError(`convnet: group norm needs a width divisible by 4, got ${width}`);

  const firstPadding = height === 28 && breadth === 28 ? 3 : 1;
  const grown = 2 * firstPadding - 2;
  const halvings = pooling === "none" ? 0 : depth;
  const [rows, columns] = [height, breadth].map((extent) => {
    const rest = Math.floor((extent + grown) / 2 ** halvings);
    if (rest < 1) {
      throw new RangeError(
        `convnet: depth ${depth} halves ${height} x ${breadth} images to nothing; use a smaller depth`,
      );
    }
    return rest;
  });
  const featureCount = width * rows * columns;

  // Positions in the family's nn.Sequential: conv, [norm], activation, [pool].
  const stride = 2 + (norm === "none" ? 0 : 1) + (pooling === "none" ? 0 : 1);
  const blocks = Array.from({ length: depth }, (_, i) => ({
    conv: `features.${i * stride}`,
    norm: `features.${i * stride + 1}`,
    inputs: i === 0 ? channels : width,
    padding: i === 0 ? firstPadding : 1,
  }));
  const parameters: ParameterSpec[] = [
    ...blocks.flatMap((block) => [
      ...convSpecs(block.conv, [width, block.inputs, 3, 3]),
      ...normSpecs(block.norm, norm, width),
    ]),
    ...linearSpecs("classifier", featureCount, classes),
  ];

  return {
    name: "convnet",
    options: { channels, size, classes, depth, width, norm, activation, pooling },
    input: [channels, height, breadth],
    classes,
    parameters,
    buffers: blocks.flatMap((block) => normBuffers(block.norm, norm, width)),
    coupled: norm === "batch",
    forward(values, images, mode) {
      const maps: Tensor[] = [];
      const statistics: Record<string, Tensor> = {};
      let x = images;
      for (const block of blocks) {
        x = conv2d(x, values[`${block.conv}.weight`], { padding: block.padding });
        const offset = values[`${block.conv}.bias`];
        x = activate(normalize(x, offset, norm, block.norm, values, mode, statistics), activation);
        maps.push(x);
        x = pool(x, pooling);
      }
      const features = reshape(x, [images.shape[0], featureCount]);
      const logits = add(matmul(features, transpose(values["classifier.weight"])), values["classifier.bias"]);
      return { maps, features, logits, statistics };
    },
  };
}

function oneOf(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new RangeError(`convnet: unknown ${option} "${value}"; known: ${known.join(", ")}`);
  }
}
