// Preparing a data set for the networks, with ZCA's dear fit shown, cached, and taken from the run where it has one.
import { createMultiplier } from "../engine/index.js";
import { prepare, prepareWith } from "../images/index.js";
import { cacheFolder, createCache } from "./cache.js";
/** @param known preprocessing to use as it is, e.g. that of a run that goes on or of the set under test. */
export async function prepareSource(set, config, ui, workers, known) {
    const whitened = known === undefined ? config.zca : known.zca !== undefined;
    if (!whitened)
        return known === undefined ? prepare(set, { zca: false }) : prepareWith(known, set);
    const multiplier = await createMultiplier(workers);
    const options = {
        multiply: multiplier.multiply,
        onProgress: (stage, done) => {
            if (stage === "covariance" && done === 0)
                ui.reporter.note(costOfZca(set));
            ui.reporter.progress({ stage: `ZCA ${stage}`, done, total: 1 });
        },
    };
    try {
        if (known !== undefined)
            return await prepareWith(known, set, options);
        const cache = createCache(cacheFolder(), ui.reporter.warn);
        return await prepare(set, { ...options, zca: { eps: config.zcaEps }, cache });
    }
    finally {
        ui.reporter.end();
        await multiplier.close();
    }
}
/** What fitting takes, before it starts (see `fitZca`). */
function costOfZca({ count, shape }) {
    const d = shape[0] * shape[1] * shape[2];
    const work = (count + 20 * d) * d * d;
    const gigabytes = (5 * 8 * d * d + 4 * count * d) / 1e9;
    return `fitting ZCA for ${shape.join(" x ")} images: ${work.toExponential(1).replace("e+", "e")} multiply-adds (about ${Math.ceil(work / 6e11)} min on two cores), ${gigabytes.toFixed(1)} GB of memory; kept for the next time`;
}
//# sourceMappingURL=prepare.js.map