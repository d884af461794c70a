// Checkpoints: everything that is needed to go on, a few kept, each checked when read.
import { DatadamError } from "../errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.js";
import { readIfThere } from "./files.js";
import { checksum } from "./hash.js";
import { readNewestState, writeState } from "./states.js";
const FORMAT = "datadam-checkpoint/1";
/** Writes `checkpoints/state-<iteration>.safetensors` and removes all but the three up to it. */
export function writeCheckpoint(folder, state, shape, hash) {
    const tensorShape = [state.images.length / (shape[0] * shape[1] * shape[2]), ...shape];
    const facts = {
        format: FORMAT,
        iteration: String(state.iteration),
        classes: JSON.stringify(state.classes),
        config: hash,
    };
    const bytes = encodeSafetensors({
        images: { dtype: "F32", shape: tensorShape, data: state.images },
        momentum: { dtype: "F32", shape: tensorShape, data: state.momentum },
        ...(state.average && { average: { dtype: "F32", shape: tensorShape, data: state.average } }),
    }, { ...facts, checksum: checksumOf(facts, state) });
    writeState(folder, state.iteration, bytes);
}
/**
 * The newest checkpoint that is whole, or undefined where there is none. Damaged ones are passed over with a warning.
 *
 * @throws DatadamError INVALID_RUN where all are damaged, or where one belongs to another configuration.
 */
export function readLatestCheckpoint(folder, hash, warn) {
    return readNewestState(folder, hash, readCheckpoint, warn);
}
function checksumOf(facts, { images, momentum, average }) {
    return checksum(JSON.stringify(facts), images, momentum, ...(average ? [average] : []));
}
function readCheckpoint(path, iteration) {
    try {
        const bytes = readIfThere(path);
        if (bytes === undefined)
            return "it is gone";
        const { tensors, metadata } = decodeSafetensors(bytes);
        const { checksum: expected, ...found } = metadata;
        const images = tensors.images?.data;
        const momentum = tensors.momentum?.data;
        const average = tensors.average?.data;
        if (!(images instanceof Float32Array) || !(momentum instanceof Float32Array))
            return "a tensor is missing";
        if (average !== undefined && !(average instanceof Float32Array))
            return "its average is not float32";
        const { format, iteration: at, classes, config } = found;
        if (format !== FORMAT)
            return `its format is ${format}`;
        if (Number(at) !== iteration || classes === undefined || config === undefined)
            return "its metadata is not its own";
        const arrays = { images, momentum, ...(average && { average }) };
        if (checksumOf({ format, iteration: at, classes, config }, arrays) !== expected) {
            return "its checksum does not match";
        }
        return { state: { iteration, classes: JSON.parse(classes), ...arrays }, config };
    }
    catch (error) {
        if (error instanceof DatadamError && error.code === "IO")
            throw error;
        return error instanceof Error ? error.message : String(error);
    }
}
//# sourceMappingURL=checkpoints.js.map