// Labels as probabilities.

import type { Network } from "../nn/index.ts";

/**
 * One-hot rows `[n, classes]`.
 *
 * @throws RangeError for a label that is no class of the network.
 */
export function oneHot(labels: ArrayLike<number>, { name, classes }: Pick<Network, "name" | "classes">): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`${name}: label ${label} of image ${i} is none of the ${classes} classes`);
    }
    targets[i * classes + label] = 1;
  }
  return targets;
}
