// One pass over a set in shuffled batches, a step at a time: what evaluation and training on a whole set share.

import { DatadamError } from "../errors.ts";
import type { Key } from "../random/index.ts";
import { type Examples, epochBatches } from "./batches.ts";
import { learningRate } from "./protocols.ts";
import type { Trainer } from "./trainer.ts";
import type { Protocol } from "./types.ts";

/** A step that is done. */
export interface EpochStep {
  readonly index: number;
  /** Steps of the epoch. */
  readonly count: number;
  readonly images: number;
  /** Mean over them. */
  readonly loss: number;
}

/**
 * Makes the steps of an epoch, or those that are left of it.
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
  const batches = epochBatches(examples, protocol, epoch, key);
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
    // While the workers are at it, the next batch is made. Where that fails, nobody awaits the step.
    pending.catch(() => {});
    if (index + 1 < count) next = batches.at(index + 1);
    const loss = await pending;
    if (!Number.isFinite(loss)) {
      throw new DatadamError("DIVERGED", `training diverged in epoch ${epoch + 1}: the loss is ${loss}`, {
        hint: "Use a protocol with a smaller learning rate, or another norm. Images of another program: are they in another space (--space)?",
      });
    }
    yield { index, count, images: labels.length, loss };
  }
}
