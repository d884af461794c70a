// How well a network knows the images that it was trained on.

import type { Engine } from "../engine/types.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Arrays, Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { networkOutputs } from "./outputs.ts";

/** Which of the training images tell a network's accuracy: the same for all networks of a key. */
export interface AccuracyImages {
  readonly set: PreparedSet;
  readonly key: Key;
  readonly count: number;
}

/** The share of some training images, without augmentation, that a network classifies as their labels say. */
export async function trainingAccuracy(
  network: Network,
  parameters: Arrays,
  { set, key, count }: AccuracyImages,
  engine: Engine,
): Promise<number> {
  const picks = key.stream().sample(set.count, Math.min(count, set.count));
  const read = (start: number, length: number): Float32Array => set.read(picks.subarray(start, start + length));
  const { data, width } = await networkOutputs({
    network,
    parameters,
    what: "logits",
    engine,
    read,
    count: picks.length,
  });
  let correct = 0;
  for (const [i, pick] of picks.entries()) {
    const row = data.subarray(i * width, (i + 1) * width);
    if (row.indexOf(Math.max(...row)) === set.labels[pick]) correct++;
  }
  return correct / picks.length;
}
