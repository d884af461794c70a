// Preprocessing as named tensors and metadata, for safetensors files.
import { DatadamError } from "../errors.js";
/** Metadata key whose value is `{"mean": [...], "std": [...]}`. */
const NORMALIZATION = "normalization";
const EPS = "zca.eps";
/** Tensors `zca.mean [d]`, `zca.whiten [d, d]`, `zca.unwhiten [d, d]` (none without ZCA), and metadata strings. */
export function preprocessingToTensors(preprocessing) {
    const { normalization, zca } = preprocessing;
    const { mean, std } = normalization;
    const metadata = { [NORMALIZATION]: JSON.stringify({ mean, std }) };
    if (!zca)
        return { tensors: {}, metadata };
    const d = zca.mean.length;
    return {
        tensors: {
            "zca.mean": { dtype: "F32", shape: [d], data: zca.mean },
            "zca.whiten": { dtype: "F32", shape: [d, d], data: zca.whiten },
            "zca.unwhiten": { dtype: "F32", shape: [d, d], data: zca.unwhiten },
        },
        metadata: { ...metadata, [EPS]: String(zca.eps) },
    };
}
/**
 * What {@link preprocessingToTensors} made, from a decoded file.
 *
 * @throws DatadamError `INVALID_DATA` where something is missing, of another shape or type, or not finite.
 */
export function preprocessingFromTensors(tensors, metadata) {
    const normalization = parseNormalization(metadata[NORMALIZATION]);
    if (metadata[EPS] === undefined)
        return { normalization, zca: undefined };
    const eps = Number(metadata[EPS]);
    if (!(Number.isFinite(eps) && eps > 0))
        throw invalid(`${EPS} is "${metadata[EPS]}"`);
    const d = tensors["zca.mean"]?.data.length ?? 0;
    const read = (name, ...shape) => {
        const data = tensors[name]?.data;
        if (!(data instanceof Float32Array) || tensors[name].shape.join() !== shape.join()) {
            throw invalid(`${name} is not a float32 tensor of shape [${shape.join(", ")}]`);
        }
        if (!data.every(Number.isFinite))
            throw invalid(`${name} holds numbers that are not finite`);
        return data;
    };
    const mean = read("zca.mean", d);
    return { normalization, zca: { eps, mean, whiten: read("zca.whiten", d, d), unwhiten: read("zca.unwhiten", d, d) } };
}
function parseNormalization(text) {
    try {
        const { mean, std } = JSON.parse(text ?? "");
        const numbers = (list) => Array.isArray(list) && list.every(Number.isFinite);
        if (numbers(mean) && numbers(std) && mean.length > 0 && mean.length === std.length)
            return { mean, std };
    }
    catch {
        // Reported below with the text.
    }
    throw invalid(`${NORMALIZATION} is ${text === undefined ? "missing" : `"${text}"`}`);
}
function invalid(what) {
    return new DatadamError("INVALID_DATA", `These tensors hold no preprocessing: ${what}.`, {
        hint: "The file may be damaged, or come from another program.",
    });
}
//# sourceMappingURL=tensors.js.map