// Draws the parameters of an augmentation: the ranges of the DSA family.

import type { Stream } from "../random/index.ts";
import type { DrawContext } from "./operation.ts";
import type { AugmentPolicy } from "./policy.ts";
import { type Augmentation, type AugmentStep, operations as known } from "./registry.ts";

/** What an augmentation is drawn for. `count` absent: siamese, one parameter set for every image. */
export interface DrawOptions {
  readonly height: number;
  readonly width: number;
  readonly count?: number | undefined;
}

/**
 * Draws an augmentation: one of the policy's operations (mode `"one"`, for the whole batch) or all of them. Brightness
 * U(-0.5, 0.5), saturation U(0, 2), contrast U(0.5, 1.5); crop by whole pixels up to 1/8 of the side; cutout of half
 * the side; flip with probability 1/2; scale U(1/1.2, 1.2) in x and y apart; rotation U(-15, 15) degrees.
 * @throws RangeError where height, width or count is no positive integer (count may be 0)
 */
export function drawAugmentation(stream: Stream, policy: AugmentPolicy, options: DrawOptions): Augmentation {
  const { height, width, count } = options;
  for (const side of [height, width]) {
    if (!Number.isSafeInteger(side) || side < 1) throw new RangeError(`drawAugmentation: bad image side ${side}`);
  }
  if (count !== undefined && (!Number.isSafeInteger(count) || count < 0)) {
    throw new RangeError(`drawAugmentation: bad image count ${count}`);
  }
  const { operations } = policy;
  const chosen =
    policy.mode === "one" && operations.length > 0 ? [operations[stream.integer(operations.length)]] : operations;
  const context: DrawContext = {
    stream,
    height,
    width,
    each: (draw) => Array.from({ length: count ?? 1 }, draw),
    between: (low, high) => context.each(() => low + (high - low) * stream.uniform()),
  };
  const steps = chosen.map((operation) => ({ operation, ...known[operation].draw(context) }) as AugmentStep);
  return { height, width, count, steps };
}
