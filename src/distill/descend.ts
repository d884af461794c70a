// A step of gradient descent on the images, with momentum: in the space that networks see, or on pixels.

import type { PreparedSet } from "../images/types.ts";
import type { ResolvedCommon } from "./config/common.ts";
import type { DistillState } from "./types.ts";

export type Descended = Pick<DistillState, "images" | "momentum" | "softLabels">;

/** How images descend. */
export interface Descent {
  readonly momentum: number;
  /** Of each channel in turn; one for all where they are alike. */
  readonly channels: readonly Channel[];
  /** Numbers of a channel of an image. */
  readonly plane: number;
}

/** A channel of normalised images. */
interface Channel {
  readonly rate: number;
  /** What a step may not leave. */
  readonly low: number;
  readonly high: number;
}

/**
 * The descent of a configuration. On pixels `p` in [0, 1], of which images are `x = (p - mean) / std`: `dL/dp` is
 * `dL/dx / std`, and a step of `p` moves `x` by its `1 / std`. So with the rate `lrImg / std^2` images move as pixels
 * at `lrImg` do, whatever the momentum, which stays in units of `dL/dx`.
 */
export function descentOf(
  { momentum, lrImg, space }: Pick<ResolvedCommon, "momentum" | "lrImg" | "space">,
  { shape, preprocessing: { normalization } }: Pick<PreparedSet, "shape" | "preprocessing">,
): Descent {
  const plane = shape[1] * shape[2];
  if (space === "normalized") return { momentum, channels: [{ rate: lrImg, low: -Infinity, high: Infinity }], plane };
  const channels = normalization.std.map((std, c) => {
    const mean = normalization.mean[c];
    return { rate: lrImg / std ** 2, low: Math.fround((0 - mean) / std), high: Math.fround((1 - mean) / std) };
  });
  return { momentum, channels, plane };
}

/**
 * PyTorch's SGD: `v = momentum v + g; images -= rate v`, then within bounds.
 *
 * @param into where images and momentum go; may be `state` itself.
 * @returns whether all images are finite, before they are brought within bounds.
 */
export function descend(
  state: Descended,
  gradient: Float32Array,
  { momentum: decay, channels, plane }: Descent,
  { images, momentum }: Descended,
): boolean {
  let finite = true;
  for (let start = 0, c = 0; start < gradient.length; start += plane, c = (c + 1) % channels.length) {
    const { rate, low, high } = channels[c];
    for (let i = start; i < start + plane; i++) {
      momentum[i] = decay * state.momentum[i] + gradient[i];
      images[i] = state.images[i] - rate * momentum[i];
      if (!Number.isFinite(images[i])) finite = false;
      if (images[i] < low) images[i] = low;
      else if (images[i] > high) images[i] = high;
    }
  }
  return finite;
}

/** Brings images within the bounds of a descent, in place. */
export function clamp(images: Float32Array, { channels, plane }: Descent): Float32Array {
  for (let i = 0; i < images.length; i++) {
    const { low, high } = channels[Math.floor(i / plane) % channels.length];
    images[i] = Math.min(high, Math.max(low, images[i]));
  }
  return images;
}
