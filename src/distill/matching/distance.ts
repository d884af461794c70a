// How far the mean of synthetic images is from that of real ones: as recorded operations, and of plain arrays.

import { abs, div, maximum, mul, sqrt, sub, sum, type Tensor } from "../../tensor/index.ts";
import type { ErrorType } from "./variants.ts";

/** Smallest product of norms that a cosine is divided by (PyTorch's `F.cosine_similarity`). */
const EPS = 1e-8;

/** Distance of `means` to `targets` `[classes, d]`, summed over classes: a scalar. */
export function distance(type: ErrorType, means: Tensor, targets: Tensor): Tensor {
  if (type === "cosine") {
    const along = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), [1]);
    const norms = sqrt(maximum(mul(along(means, means), along(targets, targets)), EPS * EPS));
    return sum(sub(1, div(along(means, targets), norms)));
  }
  const difference = sub(means, targets);
  return sum(type === "mse" ? mul(difference, difference) : abs(difference));
}

/**
 * The same of one class's arrays, in float64, with `weight` times its gradient with respect to `mean`. Derived by hand:
 * a program would give float32 and a round trip to a worker, for a few hundred numbers.
 */
export function distanceOf(
  type: ErrorType,
  mean: Float32Array,
  target: Float32Array,
  weight: number,
): { readonly distance: number; readonly gradient: Float32Array } {
  if (type === "cosine") return cosineDistance(mean, target, weight);
  let total = 0;
  const gradient = mean.map((value, i) => {
    const difference = value - target[i];
    total += type === "mse" ? difference * difference : Math.abs(difference);
    return type === "mse" ? 2 * weight * difference : weight * Math.sign(difference);
  });
  return { distance: total, gradient };
}

function cosineDistance(
  mean: Float32Array,
  target: Float32Array,
  weight: number,
): { readonly distance: number; readonly gradient: Float32Array } {
  let [dot, selfDot, other] = [0, 0, 0];
  for (let i = 0; i < mean.length; i++) {
    dot += mean[i] * target[i];
    selfDot += mean[i] * mean[i];
    other += target[i] * target[i];
  }
  const norms = Math.sqrt(Math.max(selfDot * other, EPS * EPS));
  // Where the norms are held at their least, they do not depend on the mean.
  const back = selfDot * other > EPS * EPS ? dot / (norms * selfDot) : 0;
  const gradient = mean.map((value, i) => -weight * (target[i] / norms - back * value));
  return { distance: 1 - dot / norms, gradient };
}
