// A whole set of images matched under given parameters: what the losses as functions of arrays share.

import type { Binding } from "../../engine/types.ts";
import type { NdArray, Network } from "../../nn/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import type { Matching } from "../method.ts";

export interface MatchedImages {
  readonly network: Network;
  /** `[classes * batchReal, c, h, w]`, in class order. */
  readonly real: NdArray;
  /** `[classes * ipc, c, h, w]`, in class order. */
  readonly synthetic: NdArray;
  readonly classes: number;
}

/** The gradient, and the distances of each class (of all at once where the norm couples them). */
export async function matchAll(
  matching: Matching,
  { network, real, synthetic, classes }: MatchedImages,
  parameters: Binding,
): Promise<{ readonly gradient: NdArray; readonly distances: readonly (readonly number[])[] }> {
  const all = Array.from({ length: classes }, (_, c) => c);
  const groups = network.usesBatchStatistics ? [all] : all.map((c) => [c]);
  const part = ({ data }: NdArray, g: number): Float32Array =>
    data.slice((g * data.length) / groups.length, ((g + 1) * data.length) / groups.length);
  const matches = await Promise.all(
    groups.map(async (group, g) => {
      const targets = await matching.targets(parameters, part(real, g), group);
      return matching.match(parameters, targets, part(synthetic, g), group);
    }),
  );
  const gradient = new Float32Array(synthetic.data.length);
  for (const [g, match] of matches.entries()) gradient.set(match.gradient, (g * gradient.length) / groups.length);
  return {
    gradient: { shape: [...synthetic.shape], data: gradient },
    distances: matches.map(({ distances }) => distances),
  };
}

/** @throws RangeError where shapes do not fit the network, each other or `classes` */
export function checkImages(name: string, images: NdArray, network: Network, classes: number): void {
  if (!(images?.data instanceof Float32Array && Array.isArray(images.shape))) {
    throw new TypeError(`${name} must be { shape: number[], data: Float32Array }`);
  }
  const { shape, data } = images;
  const [n, ...image] = shape;
  if (image.join() !== network.input.join()) {
    throw new RangeError(`${name} images are [${image.join(", ")}], the network takes [${network.input.join(", ")}]`);
  }
  if (!(Number.isInteger(classes) && classes >= 1) || n % classes !== 0 || n === 0) {
    throw new RangeError(`${n} ${name} images cannot be shared evenly by ${classes} classes`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${name}: ${data.length} numbers do not fill [${shape.join(", ")}]`);
  }
}
