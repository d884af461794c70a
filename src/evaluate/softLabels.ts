// Soft labels: what a teacher says of each image.

import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { expandSet, type SyntheticSet, softmaxRows } from "../images/index.ts";
import type { Arrays, Network } from "../nn/index.ts";
import { networkOutputs } from "../train/index.ts";

export interface SoftLabelOptions {
  /** The teacher, for images and classes as the set has them, and in the set's space. */
  readonly network: Network;
  /** Its trained parameters, and running statistics where it has some. */
  readonly parameters: Arrays;
  /** Of the softmax, above 0: the higher, the more alike the classes. Default 1. */
  readonly temperature?: number;
  readonly engine?: Engine;
}

/**
 * The set with soft labels: `softmax(logits / temperature)` of a teacher, for each image as it is, without
 * augmentation. Training on them takes cross-entropy at temperature 1. A set with a `factor` is expanded for it.
 *
 * @throws DatadamError INVALID_OPTION where the temperature is not above 0, or the teacher has other classes or images.
 */
export async function withSoftLabels(stored: SyntheticSet, options: SoftLabelOptions): Promise<SyntheticSet> {
  const set = expandSet(stored);
  const { network, parameters, temperature = 1 } = options;
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new DatadamError("INVALID_OPTION", `temperature must be above 0, got ${temperature}`);
  }
  const [mine, its] = [
    [set.classNames.length, ...set.shape],
    [network.classes, ...network.input],
  ];
  if (mine.join() !== its.join()) {
    const describe = ([classes, ...shape]: number[]): string => `${classes} classes of ${shape.join(" x ")}`;
    throw new DatadamError("INVALID_OPTION", `the teacher is for ${describe(its)}, the set has ${describe(mine)}`);
  }
  const size = set.shape[0] * set.shape[1] * set.shape[2];
  const engine = options.engine ?? (await createEngine());
  try {
    const { data } = await networkOutputs({
      network,
      parameters,
      what: "logits",
      engine,
      count: set.labels.length,
      read: (start, length) => set.images.slice(start * size, (start + length) * size),
    });
    return { ...set, softLabels: softmaxRows(data, network.classes, temperature) };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}
