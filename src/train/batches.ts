// The batches of an epoch: which images, in which order, augmented how.

import { augment, drawAugmentation, isPixelPolicy, parsePolicy } from "../augment/index.ts";
import type { Preprocessing } from "../images/index.ts";
import type { Key, Stream } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import { assertPixels, augmentedAsBytes } from "./pixelBatches.ts";
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
  /** Probabilities [batch, classes] in place of the labels, where the examples have some. */
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

/** All batches of an epoch (from 0), each made when it is asked for; `key` names the training. */
export function epochBatches(
  examples: Examples,
  protocol: Protocol,
  epoch: number,
  key: Key,
): { readonly count: number; at(index: number): Batch } {
  const { labels, targets } = examples;
  const change = augmenter(examples, protocol.augment);
  const order = key.fold("order", epoch).stream().permutation(labels.length);
  return {
    count: Math.ceil(order.length / protocol.batch),
    at(index) {
      const picks = order.subarray(index * protocol.batch, (index + 1) * protocol.batch);
      const stream = key.fold("augment", epoch, index).stream();
      return {
        images: change(stream, examples.read(picks), picks.length),
        labels: Array.from(picks, (pick) => labels[pick]),
        soft: targets && rowsOf(targets, picks, targets.length / labels.length),
      };
    },
  };
}

type Change = (stream: Stream, images: Float32Array, count: number) => Float32Array;

function augmenter({ shape, preprocessing }: Examples, strategy: string): Change {
  const [channels, height, width] = shape;
  if (isPixelPolicy(strategy)) {
    assertPixels(strategy, preprocessing);
    return (stream, images, count) =>
      augmentedAsBytes(stream, strategy, images, [count, channels, height, width], preprocessing);
  }
  const policy = parsePolicy(strategy, "one");
  return (stream, images, count) =>
    augment(drawAugmentation(stream, policy, { height, width, count }), images, [count, channels, height, width]);
}

function rowsOf(rows: Float32Array, picks: Uint32Array, width: number): Float32Array {
  const out = new Float32Array(picks.length * width);
  for (const [i, pick] of picks.entries()) out.set(rows.subarray(pick * width, (pick + 1) * width), i * width);
  return out;
}
