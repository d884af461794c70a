// ResNet (He et al. 2016) as the dataset distillation family has it for 32 px: a 3 x 3 stem, four stages of basic
// blocks, and a variant that pools where others stride.

import { add, averagePool, conv2d, mean, relu, type Tensor } from "../../tensor/operations.ts";
import { type Architecture, architecture, type Body, type BuildContext, type NoOptions } from "../architecture.ts";
import {
  flatten,
  linear,
  linearSpecs,
  type NormRecord,
  normalize,
  normBuffers,
  normSpecs,
  unbiasedConvSpecs,
} from "../layers.ts";
import type { ParameterSpec, Tensors } from "../network.ts";

type Depths = readonly [number, number, number, number];

/** ResNet-10: one basic block a stage. See {@link resnet18}. */
export const resnet10 = resnet("resnet10", [1, 1, 1, 1], false);

/**
 * ResNet-18 for 32 px: a 3 x 3 convolution, four stages of two basic blocks with 64, 128, 256 and 512 channels (the
 * last three halve the image by stride), the mean over all positions, one linear layer. Convolutions have no bias; a
 * `norm` (default instance) follows each. `width` (default 64) scales the channels. Images from 16 px. The activation
 * maps are those after the stem and after each block.
 */
export const resnet18 = resnet("resnet18", [2, 2, 2, 2], false);

/** {@link resnet18ap} with one basic block a stage. */
export const resnet10ap = resnet("resnet10ap", [1, 1, 1, 1], true);

/**
 * The family's average-pool variant of {@link resnet18}: no convolution strides, average pooling 2 x 2 halves the image
 * instead (in the branch after the first activation, in the shortcut after its convolution), and the linear layer takes
 * all positions of the last maps (512 x 4 x 4 at 32 px).
 */
export const resnet18ap = resnet("resnet18ap", [2, 2, 2, 2], true);

interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly halves: boolean;
  /** Where input and output differ: a convolution 1 x 1, [pooling], a norm. */
  readonly shortcut: { readonly conv: string; readonly norm: string } | undefined;
}

function blocksOf(depths: Depths, width: number, pooled: boolean): Block[] {
  return depths.flatMap((depth, stage) =>
    Array.from({ length: depth }, (_, i): Block => {
      const name = `layer${stage + 1}.${i}`;
      const outputs = width * 2 ** stage;
      const first = i === 0 && stage > 0;
      return {
        name,
        inputs: first ? outputs / 2 : outputs,
        outputs,
        halves: first,
        shortcut: first ? { conv: `${name}.shortcut.0`, norm: `${name}.shortcut.${pooled ? 2 : 1}` } : undefined,
      };
    }),
  );
}

function resnet(name: string, depths: Depths, pooled: boolean): Architecture<NoOptions> {
  return architecture({
    facts: {
      name,
      summary: pooled
        ? "a residual network with average pooling instead of strides, and a linear layer on all positions"
        : "a 3 x 3 convolution, four stages of residual blocks, the mean over all positions",
      width: 64,
      norms: ["instance", "group", "layer", "batch"],
      smallest: 16,
    },
    options: {},
    build: (context) => residual(context, depths, pooled),
  });
}

function residual(
  { channels, height, imageWidth, classes, width, norm }: BuildContext,
  depths: Depths,
  pooled: boolean,
): Body {
  const blocks = blocksOf(depths, width, pooled);
  // Strided convolutions round up, poolings down.
  const [rows, columns] = [height, imageWidth].map((extent) =>
    [1, 2, 3].reduce((rest) => (pooled ? Math.floor(rest / 2) : Math.ceil(rest / 2)), extent),
  );
  const last = width * 8;
  const featureCount = pooled ? last * rows * columns : last;
  const norms = [
    { name: "bn1", channels: width },
    ...blocks.flatMap(({ name, outputs, shortcut }) => [
      { name: `${name}.bn1`, channels: outputs },
      { name: `${name}.bn2`, channels: outputs },
      ...(shortcut === undefined ? [] : [{ name: shortcut.norm, channels: outputs }]),
    ]),
  ];
  const parameters: ParameterSpec[] = [
    ...unbiasedConvSpecs("conv1", [width, channels, 3, 3]),
    ...blocks.flatMap(({ name, inputs, outputs, shortcut }) => [
      ...unbiasedConvSpecs(`${name}.conv1`, [outputs, inputs, 3, 3]),
      ...unbiasedConvSpecs(`${name}.conv2`, [outputs, outputs, 3, 3]),
      ...(shortcut === undefined ? [] : unbiasedConvSpecs(shortcut.conv, [outputs, inputs, 1, 1])),
    ]),
    ...norms.flatMap((each) => normSpecs(each.name, norm, each.channels)),
    ...linearSpecs("classifier", featureCount, classes),
  ];

  return {
    parameters,
    buffers: norms.flatMap((each) => normBuffers(each.name, norm, each.channels)),
    activationCount: blocks.length + 1,
    forward(values, images, mode) {
      const record: NormRecord = { statistics: {}, normalized: {} };
      const normed = (x: Tensor, normName: string): Tensor =>
        normalize(x, undefined, norm, normName, values, mode, record);
      let x = relu(normed(conv2d(images, values["conv1.weight"], { padding: 1 }), "bn1"));
      const activations = [x];
      for (const block of blocks) {
        x = basicBlock(x, block, pooled, values, normed);
        activations.push(x);
      }
      const features = pooled ? flatten(x) : mean(x, [2, 3]);
      return { activations, features, logits: linear(features, values, "classifier"), ...record };
    },
  };
}

function basicBlock(
  x: Tensor,
  { name, halves, shortcut }: Block,
  pooled: boolean,
  values: Tensors,
  normed: (x: Tensor, normName: string) => Tensor,
): Tensor {
  const stride = halves && !pooled ? 2 : 1;
  const shrink = (y: Tensor): Tensor => (halves && pooled ? averagePool(y, 2) : y);
  const inner = relu(normed(conv2d(x, values[`${name}.conv1.weight`], { stride, padding: 1 }), `${name}.bn1`));
  const branch = normed(conv2d(shrink(inner), values[`${name}.conv2.weight`], { padding: 1 }), `${name}.bn2`);
  const straight =
    shortcut === undefined
      ? x
      : normed(shrink(conv2d(x, values[`${shortcut.conv}.weight`], { stride })), shortcut.norm);
  return relu(add(branch, straight));
}
