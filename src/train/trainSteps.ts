// A few training steps as a function of arrays: the seam at which training is checked against other implementations.

import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import type { Arrays, NdArray, Network } from "../nn/index.ts";
import { type SgdOptions, Trainer } from "./trainer.ts";

export interface TrainStepsOptions extends SgdOptions {
  readonly network: Network;
  /** By `state_dict` name. */
  readonly parameters: Arrays;
  /** Running statistics, of a batch-normalised network. Default: those of a fresh one. */
  readonly buffers?: Arrays;
  readonly batches: readonly { readonly images: NdArray; readonly labels: ArrayLike<number> }[];
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
}

export interface TrainSteps {
  readonly parameters: Record<string, NdArray>;
  readonly buffers: Record<string, NdArray>;
  /** Mean cross-entropy of each batch, before its step. */
  readonly losses: readonly number[];
}

/**
 * SGD with momentum and weight decay (PyTorch's) on mean cross-entropy, one step a batch, no augmentation.
 *
 * @throws RangeError where parameters, images or labels do not fit the network, and for an option that is no finite
 * number.
 */
export async function trainSteps(options: TrainStepsOptions): Promise<TrainSteps> {
  const { network, batches } = options;
  const engine = options.engine ?? (await createEngine());
  try {
    const trainer = new Trainer(network, { ...options.parameters, ...options.buffers }, engine);
    const losses: number[] = [];
    for (const { images, labels } of batches) losses.push(await trainer.step(images.data, labels, options));
    const named = (specs: Network["parameters"], data: Record<string, Float32Array>): Record<string, NdArray> =>
      Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: data[name] }]));
    return {
      parameters: named(network.parameters, trainer.parameters),
      buffers: named(network.buffers, trainer.buffers),
      losses,
    };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}
