// One pass over a set in shuffled batches, step by step: shared by evaluation and by training on a whole set.

import { DatadamError } from "../errors.ts";
import type { Key } from "../random/index.ts";
import { type Examples, epochBatches } from "./batches.ts";
import { learningRate } from "./protocols.ts";
import type { Trainer } from "./trainer.ts";
import type { Protocol } from "./types.ts";

/** A finished step. */
export interface EpochStep {
  readonly index: number;
  /** Steps of the epoch. */
  readonly count: number;
  readonly images: number;
  /** Mean over them. */
  readonly loss: number;
}

/**
 * Makes the steps of an epoch, or the rest of them.
 *
 * @param from the first step to make.
 * @throws DatadamError `DIVERGED` where the loss is no longer finite.
 */
export async function* epochSteps(
  trainer: Trainer,
  examples: Examples,
  protocol: Protocol,
  epoch: number,
  key: Key,
  { from = 0, signal }: { readonly from?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<EpochStep> {
  const batches = epochBatches(examples, protocol, epoch, key, trainer.network);
  const { count } = batches;
  if (from >= count) return;
  const { rate, fresh } = learningRate(protocol, epoch);
  if (fresh && from === 0) trainer.resetMomentum();
  const { momentum, weightDecay } = protocol;
  let next = batches.at(from);
  for (let index = from; index < count; index++) {
    signal?.throwIfAborted();
    const { images, labels, soft } = next;
    const pending = trainer.step(images, labels, { lr: rate, momentum, weightDecay }, soft);
    // The next batch is made while the workers compute. If that fails, nothing awaits the step.
    pending.catch(() => {});
    if (index + 1 < count) next = batches.at(index + 1);
    const loss = await pending;
    if (!Number.isFinite(loss)) {
      throw new DatadamError("DIVERGED", `training diverged in epoch ${epoch + 1}: the loss is ${loss}`, {
        hint:
          "Use a protocol with a smaller learning rate, or another norm. " +
          "If another program made the images, check that they are in the space they are read as.",
      });
    }
    yield { index, count, images: labels.length, loss };
  }
}
