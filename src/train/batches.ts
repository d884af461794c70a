// The batches of an epoch: which images, in which order, augmented how.

import {
  augment,
  cutMixImages,
  cutMixTargets,
  drawAugmentation,
  drawCutMix,
  type ImageShape,
  isPixelPolicy,
  parsePolicy,
} from "../augment/index.ts";
import type { Preprocessing } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import { assertPixels, augmentedAsBytes } from "./pixelBatches.ts";
import { oneHot } from "./targets.ts";
import type { Protocol } from "./types.ts";

/** Labelled images that can be read one by one. */
export interface Examples {
  readonly labels: Uint16Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** A copy of the images at `indices`, float32 NCHW. */
  read(indices: ArrayLike<number>): Float32Array;
  /** Probabilities [n, classes] in place of the labels. */
  readonly targets?: Float32Array | undefined;
  /** For augmentations of bytes. */
  readonly preprocessing?: Preprocessing | undefined;
}

export interface Batch {
  readonly images: Float32Array;
  readonly labels: number[];
  /** Probabilities [batch, classes] in place of the labels, where the examples have some, or the images are mixed. */
  readonly soft: Float32Array | undefined;
}

/** Images in memory as examples. */
export function examplesOf(set: Omit<Examples, "read"> & { readonly images: Float32Array }): Examples {
  const size = sizeOf(set.shape);
  return {
    labels: set.labels,
    shape: set.shape,
    targets: set.targets,
    preprocessing: set.preprocessing,
    read(indices) {
      const images = new Float32Array(indices.length * size);
      for (let i = 0; i < indices.length; i++) {
        images.set(set.images.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
      }
      return images;
    },
  };
}

/**
 * All batches of an epoch (from 0), each made when it is asked for.
 *
 * @param key names the training.
 * @param network whose classes the labels are.
 */
export function epochBatches(
  examples: Examples,
  protocol: Protocol,
  epoch: number,
  key: Key,
  network: Pick<Network, "name" | "classes">,
): { readonly count: number; at(index: number): Batch } {
  const { labels, targets, shape } = examples;
  const change = augmenter(examples, protocol);
  const order = key.fold("order", epoch).stream().permutation(labels.length);
  return {
    count: Math.ceil(order.length / protocol.batch),
    at(index) {
      const picks = order.subarray(index * protocol.batch, (index + 1) * protocol.batch);
      const keyOf = (purpose: string): Key => key.fold(purpose, epoch, index);
      const batch = {
        images: change(keyOf, examples.read(picks), picks.length),
        labels: Array.from(picks, (pick) => labels[pick]),
        soft: targets && rowsOf(targets, picks, targets.length / labels.length),
      };
      return protocol.cutmix === undefined ? batch : mixed(batch, protocol.cutmix, shape, keyOf("cutmix"), network);
    },
  };
}

/** A batch's key for a purpose. */
type KeyOf = (purpose: string) => Key;

/** What happens to the images of a batch, each by itself. */
function augmenter(
  { shape, preprocessing }: Examples,
  { augment: strategy, always = "none" }: Protocol,
): (keyOf: KeyOf, images: Float32Array, count: number) => Float32Array {
  const [channels, height, width] = shape;
  const all = parsePolicy(always, "all");
  if (isPixelPolicy(strategy)) {
    assertPixels(strategy, preprocessing);
    return (keyOf, images, count) => {
      const shapes: ImageShape = [count, channels, height, width];
      const drawn = drawAugmentation(keyOf("always").stream(), all, { height, width, count });
      return augmentedAsBytes(
        keyOf("augment").stream(),
        strategy,
        augment(drawn, images, shapes),
        shapes,
        preprocessing,
      );
    };
  }
  const one = parsePolicy(strategy, "one");
  return (keyOf, images, count) => {
    const size = { height, width, count };
    const first = drawAugmentation(keyOf("always").stream(), all, size);
    const then = drawAugmentation(keyOf("augment").stream(), one, size);
    return augment({ ...size, steps: [...first.steps, ...then.steps] }, images, [count, channels, height, width]);
  };
}

/** The batch after CutMix, where it is drawn. */
function mixed(
  batch: Batch,
  options: NonNullable<Protocol["cutmix"]>,
  [channels, height, width]: Examples["shape"],
  key: Key,
  network: Pick<Network, "name" | "classes">,
): Batch {
  const { images, labels, soft } = batch;
  const count = labels.length;
  const mix = drawCutMix(key.stream(), options, { height, width, count });
  if (mix === undefined) return batch;
  const shape: ImageShape = [count, channels, height, width];
  return {
    images: cutMixImages(mix, images, shape),
    labels,
    soft: cutMixTargets(mix, soft ?? oneHot(labels, network), shape),
  };
}

function rowsOf(rows: Float32Array, picks: Uint32Array, width: number): Float32Array {
  const out = new Float32Array(picks.length * width);
  for (const [i, pick] of picks.entries()) out.set(rows.subarray(pick * width, (pick + 1) * width), i * width);
  return out;
}
