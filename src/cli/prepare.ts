// Preparing a data set for the networks. The fit of ZCA is slow: it is shown, cached, and taken from the run where that has one.

import type { ResolvedConfig } from "../distill/config/index.ts";
import { imageSize, prepare, prepareWith } from "../images/index.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "../images/types.ts";
import { withMultiply } from "../linalg/index.ts";
import { cacheFolder, createCache } from "./cache.ts";
import type { Ui } from "./ui.ts";

/** @param known preprocessing to use as it is, e.g. that of a run that goes on or of the set under test. */
export async function prepareSource(
  set: ImageSet,
  config: Pick<ResolvedConfig, "zca" | "zcaEps">,
  ui: Ui,
  workers: { workers?: number },
  known?: Preprocessing,
): Promise<PreparedSet> {
  const whitened = known === undefined ? config.zca : known.zca !== undefined;
  if (!whitened) return known === undefined ? prepare(set, { zca: false }) : prepareWith(known, set);
  const onProgress = (stage: string, done: number): void => {
    if (stage === "covariance" && done === 0) ui.reporter.note(costOfZca(set));
    ui.reporter.progress({ stage: `ZCA ${stage}`, done, total: 1 });
  };
  try {
    // On an engine always: plain products would differ from it in the last bits.
    return await withMultiply(Number.POSITIVE_INFINITY, workers, async (multiply) => {
      if (known !== undefined) return prepareWith(known, set, { multiply, onProgress });
      const cache = createCache(cacheFolder(), ui.reporter.warn);
      return prepare(set, { multiply, onProgress, zca: { eps: config.zcaEps }, cache });
    });
  } finally {
    ui.reporter.end();
  }
}

/** What fitting takes, before it starts (see `fitZca`). */
function costOfZca({ count, shape }: ImageSet): string {
  const d = imageSize({ shape });
  const work = (count + 20 * d) * d * d;
  const gigabytes = (5 * 8 * d * d + 4 * count * d) / 1e9;
  return `fitting ZCA for ${shape.join(" x ")} images: ${work.toExponential(1).replace("e+", "e")} multiply-adds (about ${Math.ceil(work / 6e11)} min on two cores), ${gigabytes.toFixed(1)} GB of memory; kept for the next time`;
}
