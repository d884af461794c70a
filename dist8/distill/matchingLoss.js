// The loss of DataDAM as a function of arrays: the seam at which it is checked against other implementations.
import { checkParameters } from "../nn/index.js";
import { bindParameters, Matcher } from "./match.js";
import { checkImages, matchAll } from "./matchAll.js";
import { weightOf } from "./programs.js";
/**
 * DataDAM's loss between real and synthetic images under one network, and its gradient (paper's L_SAM + lambda L_MMD,
 * times `scale`). With batch norm, the statistics are those of all classes together, real and synthetic apart.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`.
 */
export async function matchingLoss(options) {
    const { network, real, synthetic, classes, power = 4, lambda = 0.01, scale = 100 } = options;
    const { attentionWeight = 1, attentionReduction = "sum", attentionNorm = "l2", errorType = "mse" } = options;
    const parameters = bindParameters(checkParameters(network, options.parameters));
    const layers = options.layers ?? Array.from({ length: Math.min(network.maps, Math.max(1, network.maps - 1)) }, (_, i) => i);
    checkLayers(network, layers, attentionWeight);
    checkImages("real", real, network, classes);
    checkImages("synthetic", synthetic, network, classes);
    if (scale * attentionWeight * layers.length === 0 && scale * lambda === 0) {
        throw new RangeError("attention and features both have weight 0: nothing is matched");
    }
    const engine = options.engine ?? (await (await import("../engine/index.js")).createEngine());
    try {
        const attentionOptions = { power, reduction: attentionReduction, norm: attentionNorm };
        const weights = { attention: scale * attentionWeight, features: scale * lambda };
        const objective = { network, attention: attentionOptions, weights, errorType, layers, fresh: false };
        const matcher = new Matcher(objective, engine);
        const { gradient, distances: rows } = await matchAll(matcher, options, parameters);
        const distances = [...layers, -1].map((_, i) => rows.reduce((total, row) => total + row[i], 0));
        const features = distances[layers.length];
        const attention = distances.slice(0, layers.length);
        const loss = weightOf(matcher.objective, "attention") * attention.reduce((total, distance) => total + distance, 0) +
            weightOf(matcher.objective, "features") * features;
        return { loss, attention, features, gradient };
    }
    finally {
        if (options.engine === undefined)
            await engine.close();
    }
}
function checkLayers({ name, maps }, layers, attentionWeight) {
    if (maps === 0 && attentionWeight > 0)
        throw new RangeError(`${name} has no activation maps that attention could match`);
    const beyond = layers.find((layer) => !(Number.isInteger(layer) && layer >= 0 && layer < maps));
    if (beyond !== undefined)
        throw new RangeError(`layers: ${name} has maps 0 to ${maps - 1}, not ${beyond}`);
}
//# sourceMappingURL=matchingLoss.js.map