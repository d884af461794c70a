// Preparing a data set for the networks, with ZCA's dear fit shown, cached, and taken from the run where it has one.

import type { ResolvedConfig } from "../distill/config/index.ts";
import { createMultiplier } from "../engine/index.ts";
import { imageSize, prepare, prepareWith } from "../images/index.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "../images/types.ts";
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
  const multiplier = await createMultiplier(workers);
  const options = {
    multiply: multiplier.multiply,
    onProgress: (stage: string, done: number) => {
      if (stage === "covariance" && done === 0) ui.reporter.note(costOfZca(set));
      ui.reporter.progress({ stage: `ZCA ${stage}`, done, total: 1 });
    },
  };
  try {
    if (known !== undefined) return await prepareWith(known, set, options);
    const cache = createCache(cacheFolder(), ui.reporter.warn);
    return await prepare(set, { ...options, zca: { eps: config.zcaEps }, cache });
  } finally {
    ui.reporter.end();
    await multiplier.close();
  }
}

/** What fitting takes, before it starts (see `fitZca`). */
function costOfZca({ count, shape }: ImageSet): string {
  const d = imageSize({ shape });
  const work = (count + 20 * d) * d * d;
  const gigabytes = (5 * 8 * d * d + 4 * count * d) / 1e9;
  return `fitting ZCA for ${shape.join(" x ")} images: ${work.toExponential(1).replace("e+", "e")} multiply-adds (about ${Math.ceil(work / 6e11)} min on two cores), ${gigabytes.toFixed(1)} GB of memory; kept for the next time`;
}
