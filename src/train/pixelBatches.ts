// Batches augmented as bytes: out of the space that networks see, and back into it.

import { augmentPixels, drawPixelSteps, type ImageShape, type PixelPolicy } from "../augment/index.ts";
import { DatadamError } from "../errors.ts";
import type { Normalization, Preprocessing } from "../images/index.ts";
import type { Stream } from "../random/index.ts";

const { fround } = Math;

/**
 * Augments a batch, all its images alike.
 *
 * @param images float32 NCHW, normalised. They are cut to the byte, so that they come back a little darker even where
 *   nothing happens.
 */
export function augmentedAsBytes(
  stream: Stream,
  policy: PixelPolicy,
  images: Float32Array,
  shape: ImageShape,
  { normalization }: Preprocessing,
): Float32Array {
  const [, , height, width] = shape;
  const steps = drawPixelSteps(stream, policy, { height, width });
  return toFloats(augmentPixels(steps, toBytes(images, shape, normalization), shape), shape, normalization);
}

/** @throws DatadamError INVALID_OPTION where images cannot be turned back into bytes */
export function assertPixels(
  policy: PixelPolicy,
  preprocessing: Preprocessing | undefined,
): asserts preprocessing is Preprocessing {
  if (preprocessing !== undefined && preprocessing.zca === undefined) return;
  const reason =
    preprocessing === undefined ? "these images do not say how they were normalised" : "these are whitened (ZCA)";
  throw new DatadamError("INVALID_OPTION", `augmentation ${policy} works on pixels, and ${reason}`, {
    hint: "Use a protocol with DSA (dm, dc-bench, ...), or without augmentation (dc-bench-none).",
  });
}

export function toBytes(images: Float32Array, shape: ImageShape, { mean, std }: Normalization): Uint8Array {
  const bytes = new Uint8Array(images.length);
  eachChannel(shape, (from, to, c) => {
    const [scale, offset] = [fround(std[c]), fround(mean[c])];
    for (let i = from; i < to; i++) {
      const value = fround(fround(images[i] * scale) + offset);
      bytes[i] = Math.floor(fround(Math.min(1, Math.max(0, value)) * 255));
    }
  });
  return bytes;
}

export function toFloats(bytes: Uint8Array, shape: ImageShape, { mean, std }: Normalization): Float32Array {
  const images = new Float32Array(bytes.length);
  eachChannel(shape, (from, to, c) => {
    const [scale, offset] = [fround(std[c]), fround(mean[c])];
    for (let i = from; i < to; i++) images[i] = fround(fround(bytes[i] / 255) - offset) / scale;
  });
  return images;
}

function eachChannel(
  [count, channels, height, width]: ImageShape,
  visit: (from: number, to: number, channel: number) => void,
): void {
  const plane = height * width;
  for (let i = 0; i < count * channels; i++) visit(i * plane, (i + 1) * plane, i % channels);
}
