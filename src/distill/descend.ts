// A step of gradient descent on the images, with momentum.

import type { ResolvedCommon } from "./config/common.ts";
import type { DistillState } from "./types.ts";

export type Descended = Pick<DistillState, "images" | "momentum">;

/** PyTorch's SGD: `v = momentum v + g; images -= lrImg v`. New arrays; those of `state` stay as they are. */
export function descend(
  state: Descended,
  gradient: Float32Array,
  { momentum: decay, lrImg }: Pick<ResolvedCommon, "momentum" | "lrImg">,
): Descended {
  const momentum = new Float32Array(gradient.length);
  const images = new Float32Array(gradient.length);
  for (let i = 0; i < gradient.length; i++) {
    momentum[i] = decay * state.momentum[i] + gradient[i];
    images[i] = state.images[i] - lrImg * momentum[i];
  }
  return { images, momentum };
}
