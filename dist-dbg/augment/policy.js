// Which augmentations are in play: the strategy strings of the DSA family, parsed.
import { DatadamError } from "../errors.js";
/** The six operations of differentiable siamese augmentation (Zhao and Bilen, ICML 2021), in the family's order. */
export const AUGMENT_OPERATIONS = [
    "color",
    "crop",
    "cutout",
    "flip",
    "scale",
    "rotate",
];
/**
 * Parses a strategy: operation names joined by `_`, e.g. `"color_crop_cutout_flip_scale_rotate"`, or `"none"`.
 * @throws DatadamError INVALID_OPTION for unknown or repeated names, and for an unknown mode
 */
export function parsePolicy(strategy, mode) {
    if (mode !== "one" && mode !== "all") {
        throw new DatadamError("INVALID_OPTION", `Unknown augmentation mode ${JSON.stringify(mode)}.`, {
            hint: 'Use "one" (one operation drawn per batch) or "all" (every operation in turn).',
        });
    }
    if (strategy === "none")
        return { operations: [], mode };
    const names = strategy.split("_");
    const unknown = names.filter((name) => !isOperation(name));
    if (unknown.length > 0) {
        const list = unknown.map((name) => JSON.stringify(name)).join(", ");
        throw new DatadamError("INVALID_OPTION", `Unknown augmentation ${list} in the strategy ${JSON.stringify(strategy)}. Known: ${AUGMENT_OPERATIONS.join(", ")}.`, { hint: 'Join names with "_", for instance "color_crop_flip", or use "none".' });
    }
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) {
        throw new DatadamError("INVALID_OPTION", `The augmentation ${JSON.stringify(repeated)} comes twice in the strategy ${JSON.stringify(strategy)}.`, { hint: "Name each operation once." });
    }
    return { operations: names.filter(isOperation), mode };
}
function isOperation(name) {
    return AUGMENT_OPERATIONS.includes(name);
}
//# sourceMappingURL=policy.js.map