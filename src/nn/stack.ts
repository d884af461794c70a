// Blocks of convolution, norm, activation and pooling one after another, named as in an nn.Sequential called
// `features`.

import { conv2d, type Tensor } from "../tensor/operations.ts";
import {
  type Activation,
  activate,
  convSpecs,
  type Norm,
  type NormRecord,
  normalize,
  normBuffers,
  normSpecs,
  type Pooling,
  pool,
} from "./layers.ts";
import type { BufferSpec, ParameterSpec, Tensors } from "./network.ts";

export interface ConvBlock {
  /** Output channels. */
  readonly channels: number;
  /** Square kernels of this extent, stride 1. */
  readonly kernel: number;
  readonly padding: number;
  readonly pooling: Pooling;
}

export interface StackOptions {
  /** `[channels, height, width]` of the images. */
  readonly input: readonly [number, number, number];
  readonly blocks: readonly ConvBlock[];
  readonly norm: Norm;
  readonly activation: Activation;
}

export interface Stack {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly BufferSpec[];
  /** `[channels, height, width]` after the last block. */
  readonly output: readonly [number, number, number];
  forward(values: Tensors, images: Tensor, mode: "train" | "evaluate"): StackForward;
}

export interface StackForward {
  /** After each activation, before pooling. */
  readonly activations: readonly Tensor[];
  readonly last: Tensor;
  readonly statistics: Tensors;
  readonly normalized: Tensors;
}

/** Extents below 1 in `output`, or NaN, mean that the images are too small: the caller says what would help. */
export function stack({ input, blocks, norm, activation }: StackOptions): Stack {
  let [channels, height, width] = input;
  let position = 0;
  const layers = blocks.map((block) => {
    const [inputs, place] = [channels, position];
    position += 2 + (norm === "none" ? 0 : 1) + (block.pooling === "none" ? 0 : 1);
    channels = block.channels;
    const [rows, columns] = [height, width].map((extent) => extent + 2 * block.padding - block.kernel + 1);
    [height, width] = block.pooling === "none" ? [rows, columns] : [Math.floor(rows / 2), Math.floor(columns / 2)];
    return {
      ...block,
      inputs,
      sides: [rows, columns] as const,
      conv: `features.${place}`,
      norm: `features.${place + 1}`,
    };
  });
  return {
    parameters: layers.flatMap((layer) => [
      ...convSpecs(layer.conv, [layer.channels, layer.inputs, layer.kernel, layer.kernel]),
      ...normSpecs(layer.norm, norm, layer.channels, layer.sides),
    ]),
    buffers: layers.flatMap((layer) => normBuffers(layer.norm, norm, layer.channels)),
    output: [channels, height, width],
    forward(values, images, mode) {
      const activations: Tensor[] = [];
      const record: NormRecord = { statistics: {}, normalized: {} };
      let x = images;
      for (const layer of layers) {
        x = conv2d(x, values[`${layer.conv}.weight`], { padding: layer.padding });
        const offset = values[`${layer.conv}.bias`];
        x = activate(normalize(x, offset, norm, layer.norm, values, mode, record), activation);
        activations.push(x);
        x = pool(x, layer.pooling);
      }
      return { activations, last: x, ...record };
    },
  };
}
