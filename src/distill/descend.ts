// A step of gradient descent on the images, with momentum.

import type { ResolvedCommon } from "./config/common.ts";
import type { DistillState } from "./types.ts";

export type Descended = Pick<DistillState, "images" | "momentum">;

/**
 * PyTorch's SGD: `v = momentum v + g; images -= lrImg v`.
 *
 * @param into where images and momentum go; may be `state` itself.
 * @returns whether all images are finite.
 */
export function descend(
  state: Descended,
  gradient: Float32Array,
  { momentum: decay, lrImg }: Pick<ResolvedCommon, "momentum" | "lrImg">,
  { images, momentum }: Descended,
): boolean {
  let finite = true;
  for (let i = 0; i < gradient.length; i++) {
    momentum[i] = decay * state.momentum[i] + gradient[i];
    images[i] = state.images[i] - lrImg * momentum[i];
    if (!Number.isFinite(images[i])) finite = false;
  }
  return finite;
}
