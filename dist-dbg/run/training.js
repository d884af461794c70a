// The directory of a training on a whole set: record, checkpoints, parameters, result.
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { DatadamError } from "../errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.js";
import { readIfThere, readJson, sweepPartial, writeAtomic } from "./files.js";
import { canonicalJson, checksum } from "./hash.js";
import { acquireLock } from "./lock.js";
import { readNewestState, writeState } from "./states.js";
export const PARAMETERS_FILE = "parameters.safetensors";
const RECORD_FORMAT = "datadam-training/1";
const STATE_FORMAT = "datadam-training-state/1";
/** Parts of a state, each a group of tensors by name. */
const PARTS = ["parameters", "buffers", "momentum"];
/** Begins a training in a folder whose lock this process holds. */
export function beginTraining(directory, record, release) {
    writeAtomic(join(directory, "config.json"), `${JSON.stringify(record, undefined, 2)}\n`);
    return writable(directory, record, release);
}
/** Opens a training to go on with it, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export function openTraining(directory) {
    const folder = resolve(directory);
    readTrainingRecord(folder);
    const release = acquireLock(folder);
    try {
        sweepPartial(folder);
        sweepPartial(join(folder, "checkpoints"));
        return writable(folder, readTrainingRecord(folder), release);
    }
    catch (error) {
        release();
        throw error;
    }
}
/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export function readTrainingRecord(directory) {
    const path = join(directory, "config.json");
    const record = readJson(path);
    if (record === undefined) {
        throw new DatadamError("RUN_NOT_FOUND", `No training in ${directory}: there is no config.json`, {
            hint: "Start one with: datadam train --out DIR",
        });
    }
    const { format, network, protocol, dataset } = record ?? {};
    const whole = typeof network?.name === "string" && typeof protocol?.epochs === "number";
    if (format !== RECORD_FORMAT || !whole || typeof dataset?.fingerprint !== "string") {
        throw new DatadamError("INVALID_RUN", `${path} is not the record of a training`, {
            hint: "Runs of datadam distill go on with: datadam distill --resume RUN",
        });
    }
    return record;
}
function writable(directory, record, release) {
    const checkpoints = join(directory, "checkpoints");
    const hash = recordHash(record);
    return {
        directory,
        record,
        saveState: (state, seconds) => writeState(checkpoints, state.step, encodeState(state, seconds, hash), 2),
        latestState: (warn) => readNewestState(checkpoints, hash, readState, warn),
        writeResult(state, result) {
            const tensors = Object.fromEntries(Object.entries({ ...state.parameters, ...state.buffers }).map(([name, { shape, data }]) => [
                name,
                { dtype: "F32", shape: [...shape], data },
            ]));
            const facts = { format: "datadam-parameters/1", network: canonicalJson(record.network) };
            writeAtomic(join(directory, PARAMETERS_FILE), encodeSafetensors(tensors, facts));
            writeAtomic(join(directory, "result.json"), `${JSON.stringify(result, undefined, 2)}\n`);
        },
        close: release,
    };
}
/** What decides a training's numbers. */
function recordHash({ seed, network, protocol, zca, dataset }) {
    const facts = { seed, network, protocol, zca, data: dataset.fingerprint };
    return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}
function encodeState(state, seconds, config) {
    const { step, epochLoss, losses } = state;
    const progress = JSON.stringify({ step, epochLoss, losses, seconds });
    const tensors = PARTS.flatMap((part) => Object.entries(state[part]).map(([name, { shape, data }]) => [`${part}/${name}`, shape, data]));
    const sum = checksum(progress, config, ...tensors.flatMap(([name, , data]) => [name, data]));
    return encodeSafetensors(Object.fromEntries(tensors.map(([name, shape, data]) => [name, { dtype: "F32", shape: [...shape], data }])), { format: STATE_FORMAT, progress, config, checksum: sum });
}
function readState(path, number) {
    try {
        const bytes = readIfThere(path);
        if (bytes === undefined)
            return "it is gone";
        const { tensors, metadata } = decodeSafetensors(bytes);
        const { format, progress = "", config = "", checksum: expected } = metadata;
        if (format !== STATE_FORMAT)
            return `its format is ${format}`;
        const parts = {};
        const summed = [];
        for (const [name, { shape, data }] of Object.entries(tensors)) {
            if (!(data instanceof Float32Array))
                return `${name} is not float32`;
            const slash = name.indexOf("/");
            const part = name.slice(0, slash);
            parts[part] = { ...parts[part], [name.slice(slash + 1)]: { shape, data } };
            summed.push(name, data);
        }
        if (checksum(progress, config, ...summed) !== expected)
            return "its checksum does not match";
        const { seconds, ...done } = JSON.parse(progress);
        if (done.step !== number)
            return "its metadata is not its own";
        const { parameters = {}, buffers = {}, momentum = {} } = parts;
        return { state: { state: { ...done, parameters, buffers, momentum }, seconds }, config };
    }
    catch (error) {
        if (error instanceof DatadamError && error.code === "IO")
            throw error;
        return error instanceof Error ? error.message : String(error);
    }
}
//# sourceMappingURL=training.js.map