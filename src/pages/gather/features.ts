// Images compared by the features of a network, for the nearest real images.

import type { Engine } from "../../engine/types.ts";
import { networkFor } from "../../evaluate/index.ts";
import { type ImageSet, imageSize, prepareWith, type SyntheticSet } from "../../images/index.ts";
import { initialize } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { networkOutputs } from "../../train/index.ts";
import type { Comparison } from "./nearest.ts";

/** Compares features of a random network of the set's architecture: no training, the same each time. */
export async function byFeatures(set: SyntheticSet, train: ImageSet, engine: Engine): Promise<Comparison> {
  const prepared = await prepareWith(set.preprocessing, train);
  const network = networkFor(set, {}, "instance");
  const parameters = initialize(network, Key.fromSeed(0));
  const of = async (images: Float32Array, count: number): Promise<Float32Array[]> => {
    const size = imageSize(set);
    const read = (start: number, length: number): Float32Array =>
      images.subarray(start * size, (start + length) * size);
    const { data, width } = await networkOutputs({ network, parameters, what: "features", engine, read, count });
    return Array.from({ length: count }, (_, i) => data.subarray(i * width, (i + 1) * width));
  };
  return {
    by: `features of a random ${network.name} (root mean squared difference)`,
    synthetic(expanded, indices) {
      const size = imageSize(expanded);
      const some = new Float32Array(indices.length * size);
      for (const [to, index] of indices.entries())
        some.set(expanded.images.subarray(index * size, (index + 1) * size), to * size);
      return of(some, indices.length);
    },
    real: (indices) => of(prepared.read(indices), indices.length),
  };
}
