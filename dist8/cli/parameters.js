// A trained network's parameters, from a file.
import { readFileSync } from "node:fs";
import { DatadamError } from "../errors.js";
import { decodePt, decodeSafetensors, isNpyArray } from "../formats/index.js";
import { inferConvNet, loadParameters } from "../nn/index.js";
import { checksum, ioError } from "../run/index.js";
/**
 * Reads a ConvNet's `state_dict`. Depth, width and the kind of layers are read off its tensors.
 *
 * @throws DatadamError INVALID_DATA, IO
 */
export function readNetwork(path, context) {
    let bytes;
    try {
        bytes = readFileSync(path);
    }
    catch (error) {
        throw ioError(error, `Cannot read the parameters ${path}`);
    }
    try {
        const tensors = /\.(pt|pth)$/i.test(path) ? stateDict(bytes) : decodeSafetensors(bytes).tensors;
        const network = inferConvNet(tensors, context);
        return { network, parameters: loadParameters(network, tensors), sha256: checksum(bytes) };
    }
    catch (cause) {
        throw new DatadamError("INVALID_DATA", `${path} holds no parameters that fit: ${cause.message}`, {
            hint: `Needed is the state_dict of a ConvNet for images of ${context.shape.join(" x ")} and ${context.classes} classes.`,
            cause,
        });
    }
}
/** The tensors of a `state_dict` that `torch.save` wrote. */
function stateDict(bytes) {
    const value = decodePt(bytes);
    const entries = value instanceof Map ? [...value] : [];
    if (entries.length === 0)
        throw new Error("it is no state_dict");
    return Object.fromEntries(entries.filter((entry) => isNpyArray(entry[1])));
}
//# sourceMappingURL=parameters.js.map