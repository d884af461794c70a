// Images prepared for the networks: the cost of whitening is shown, and what was fitted is kept.

import {
  type ImageSet,
  imageSize,
  type PreparedSet,
  type Preprocessing,
  prepare,
  prepareWith,
} from "../../images/index.ts";
import { withMultiply } from "../../linalg/index.ts";
import type { Context } from "../types.ts";

/**
 * Prepares a set of images.
 *
 * @param known preprocessing to use as it is: that of a job that is resumed, or of the set under test.
 */
export async function prepareSet(
  set: ImageSet,
  wanted: { readonly zca: boolean; readonly zcaEps: number },
  context: Pick<Context, "cache" | "engine" | "note" | "progress" | "signal">,
  known?: Preprocessing,
): Promise<PreparedSet> {
  const { cache, note, progress, signal } = context;
  const whitened = known === undefined ? wanted.zca : known.zca !== undefined;
  if (!whitened) return known === undefined ? prepare(set, { zca: false }) : prepareWith(known, set);
  const onProgress = (stage: string, done: number): void => {
    signal.throwIfAborted();
    if (stage === "covariance" && done === 0) note(costOfZca(set));
    progress({ stage: `ZCA ${stage}`, done, total: 1 });
  };
  // On an engine always: plain products would differ from it in the last bits.
  return withMultiply(Number.POSITIVE_INFINITY, { engine: await context.engine() }, (multiply) => {
    if (known !== undefined) return prepareWith(known, set, { multiply, onProgress });
    return prepare(set, { multiply, onProgress, zca: { eps: wanted.zcaEps }, cache });
  });
}

/** What fitting takes, before it starts (see `fitZca`). */
function costOfZca({ count, shape }: ImageSet): string {
  const d = imageSize({ shape });
  const work = (count + 20 * d) * d * d;
  const gigabytes = (5 * 8 * d * d + 4 * count * d) / 1e9;
  const products = `${work.toExponential(1).replace("e+", "e")} multiply-adds`;
  const minutes = `about ${Math.ceil(work / 6e11)} min on two cores`;
  const memory = `${gigabytes.toFixed(1)} GB of memory`;
  return `fitting ZCA for ${shape.join(" x ")} images: ${products} (${minutes}), ${memory}; kept for the next time`;
}
