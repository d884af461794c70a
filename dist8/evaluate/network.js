// Which network is trained: what the options say, and what they leave out as in distillation.
import { DatadamError } from "../errors.js";
import { architectureOf, networks, } from "../nn/index.js";
/**
 * @param fallback norm of the protocol, where it says one.
 * @throws DatadamError `INVALID_OPTION` for an unknown architecture, options that do not apply to it, and images that are too small for it.
 */
export function networkFor(set, choice, fallback) {
    const recorded = said(set.provenance);
    const arch = choice.arch ?? recorded.arch ?? "convnet";
    const [channels, height, width] = set.shape;
    const images = {
        channels,
        size: height === width ? height : [height, width],
        classes: set.classNames.length,
    };
    try {
        if (typeof arch === "function")
            return arch({ ...images, ...given(choice) });
        const build = networks[arch];
        const known = architectureOf(arch);
        if (known === undefined) {
            throw new DatadamError("INVALID_OPTION", `unknown network "${arch}"`, {
                hint: `Known: ${Object.keys(networks).join(", ")}.`,
            });
        }
        refuseForeign(arch, choice);
        const same = arch === (recorded.arch ?? "convnet");
        const inherited = arch === "convnet" ? convnetDefaults(recorded, Math.min(height, width)) : {};
        const norm = [fallback, recorded.norm].find((candidate) => candidate && known.norms.includes(candidate));
        return build({
            ...images,
            ...inherited,
            ...(same && recorded.width !== undefined ? { width: recorded.width } : {}),
            ...(norm === undefined ? {} : { norm }),
            ...given(choice),
        });
    }
    catch (error) {
        if (error instanceof RangeError)
            throw new DatadamError("INVALID_OPTION", error.message, { cause: error });
        throw error;
    }
}
/** A set that was not made by this library may have settings left `"auto"`. */
function said(provenance) {
    return Object.fromEntries(Object.entries(provenance).filter(([, value]) => value !== "auto"));
}
function convnetDefaults(recorded, side) {
    const same = (recorded.arch ?? "convnet") === "convnet" ? recorded : {};
    return {
        depth: same.depth ?? Math.max(1, Math.round(Math.log2(side)) - 2),
        ...given({ activation: same.activation, pooling: same.pooling }),
    };
}
/** The network options among them that are there. */
function given(choice) {
    const keys = ["width", "depth", "norm", "activation", "pooling"];
    return Object.fromEntries(keys.flatMap((key) => (choice[key] === undefined ? [] : [[key, choice[key]]])));
}
/** What a fixed architecture cannot be told. */
function refuseForeign(arch, choice) {
    const taken = arch === "convnet" ? ["depth", "activation", "pooling"] : arch === "vit" ? ["depth"] : [];
    for (const key of ["depth", "activation", "pooling"]) {
        if (choice[key] === undefined || taken.includes(key))
            continue;
        throw new DatadamError("INVALID_OPTION", `${key} does not apply to ${arch}`, {
            hint: `Leave it out, or use convnet${key === "depth" ? " or vit" : ""}.`,
        });
    }
}
//# sourceMappingURL=network.js.map