// Vision transformer (Dosovitskiy et al. 2021) in the size that the dataset distillation family uses.

import {
  add,
  concatenate,
  expand,
  gelu,
  layerNorm,
  matmul,
  mul,
  reshape,
  slice,
  softmax,
  type Tensor,
  transpose,
} from "../../tensor/operations.ts";
import { architecture } from "../architecture.ts";
import { linear, linearSpecs, normSpecs } from "../layers.ts";
import type { ParameterSpec, Tensors } from "../network.ts";

/** Options of {@link vit}. */
export type VitOptions = NonNullable<Parameters<typeof vit>[0]>;

const PATCH = 4;
const HEADS = 8;

/**
 * Builds the ViT of the family: patches of 4 x 4 px, tokens of `width` numbers (default 512), `depth` (default 6)
 * blocks of attention with 8 heads and a GELU perceptron with `width` hidden units, each after a layer norm, and a
 * classification token. Dropout (0.1 in the family) is left out: a pass draws no random numbers here. No activation
 * maps: attention cannot match it. Parameters are named as in the `vit-pytorch` package; tokens and positions start as
 * normal noise of deviation 1. The sides of images must be divisible by 4.
 */
export const vit = architecture({
  facts: {
    name: "vit",
    summary: "a vision transformer on patches of 4 x 4 px with 8 heads",
    width: 512,
    norms: ["none"],
    smallest: PATCH,
  },
  options: {
    depth: { type: "integer", most: 16, default: 6, description: "Transformer blocks. auto: 6." },
  },
  build({ channels, height, imageWidth, classes, width, depth }) {
    if (width % HEADS !== 0)
      throw new RangeError(`vit: net width must be divisible by its ${HEADS} heads, got ${width}`);
    if (height % PATCH !== 0 || imageWidth % PATCH !== 0) {
      throw new RangeError(
        `vit: patches of ${PATCH} px do not divide ${height} x ${imageWidth} images; use another image size`,
      );
    }
    const positions = (height / PATCH) * (imageWidth / PATCH) + 1;
    const blocks = Array.from({ length: depth }, (_, i) => `transformer.layers.${i}`);
    const parameters: ParameterSpec[] = [
      { name: "pos_embedding", shape: [1, positions, width], initial: { std: 1 } },
      { name: "cls_token", shape: [1, 1, width], initial: { std: 1 } },
      ...linearSpecs("to_patch_embedding.1", channels * PATCH * PATCH, width),
      ...blocks.flatMap((block) => [
        ...normSpecs(`${block}.0.norm`, "layer", width),
        ...linearSpecs(`${block}.0.fn.to_qkv`, width, 3 * width).slice(0, 1),
        ...linearSpecs(`${block}.0.fn.to_out.0`, width, width),
        ...normSpecs(`${block}.1.norm`, "layer", width),
        ...linearSpecs(`${block}.1.fn.net.0`, width, width),
        ...linearSpecs(`${block}.1.fn.net.3`, width, width),
      ]),
      ...normSpecs("mlp_head.0", "layer", width),
      ...linearSpecs("mlp_head.1", width, classes),
    ];

    return {
      parameters,
      activationCount: 0,
      forward(values, images) {
        const n = images.shape[0];
        const token = expand(values.cls_token, [n, 1, width]);
        const patches = perToken(patchesOf(images), values, "to_patch_embedding.1");
        let x = add(concatenate([token, patches], 1), values.pos_embedding);
        for (const block of blocks) {
          x = add(x, attend(normed(x, values, `${block}.0.norm`), values, `${block}.0.fn`));
          const hidden = gelu(perToken(normed(x, values, `${block}.1.norm`), values, `${block}.1.fn.net.0`));
          x = add(x, perToken(hidden, values, `${block}.1.fn.net.3`));
        }
        const features = reshape(slice(x, [0, 0, 0], [n, 1, width]), [n, width]);
        return {
          activations: [],
          features,
          logits: linear(normed(features, values, "mlp_head.0"), values, "mlp_head.1"),
          statistics: {},
        };
      },
    };
  },
});

/** `[n, c, h, w]` -> `[n, patches, PATCH * PATCH * c]`, channels innermost. */
function patchesOf(images: Tensor): Tensor {
  const [n, c, h, w] = images.shape;
  const [rows, columns] = [h / PATCH, w / PATCH];
  const cut = transpose(reshape(images, [n, c, rows, PATCH, columns, PATCH]), [0, 2, 4, 3, 5, 1]);
  return reshape(cut, [n, rows * columns, PATCH * PATCH * c]);
}

function normed(x: Tensor, values: Tensors, name: string): Tensor {
  return layerNorm(x, values[`${name}.weight`], values[`${name}.bias`]);
}

/** A linear layer on every token of `[n, t, d]`: one product over all of them. */
function perToken(x: Tensor, values: Tensors, name: string): Tensor {
  const [n, t, d] = x.shape;
  return reshape(linear(reshape(x, [n * t, d]), values, name), [n, t, -1]);
}

/** `softmax(q k^T / sqrt(d)) v` for each head, and their outputs mixed. */
function attend(x: Tensor, values: Tensors, name: string): Tensor {
  const [n, t, width] = x.shape;
  const d = width / HEADS;
  const all = reshape(perToken(x, values, `${name}.to_qkv`), [n, t, 3, HEADS, d]);
  const [q, k, v] = [0, 1, 2].map((i) => {
    const part = slice(all, [0, 0, i, 0, 0], [n, t, i + 1, HEADS, d]);
    return transpose(reshape(part, [n, t, HEADS, d]), [0, 2, 1, 3]);
  });
  const weights = softmax(mul(matmul(q, transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(d)));
  const heads = reshape(transpose(matmul(weights, v), [0, 2, 1, 3]), [n, t, width]);
  return perToken(heads, values, `${name}.to_out.0`);
}
