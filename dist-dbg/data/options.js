// What a caller may ask of `loadDataset`, checked.
import { DatadamError } from "../errors.js";
import { cacheFolder } from "./cacheFolder.js";
const MAX_SIZE = 4096;
/** Fills in the defaults. @throws DatadamError INVALID_OPTION */
export function folderOptions(options, defaults = {}) {
    const { size = defaults.size ?? 32, channels = defaults.channels, split, seed = 0, flippable = true, maxArchiveBytes = 4 * 2 ** 30, store = "auto", cacheDir = cacheFolder(), corrupt = "fail", } = options;
    if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
        throw invalid(`The image size must be a whole number from 1 to ${MAX_SIZE}, but it is ${size}.`);
    }
    if (channels !== undefined && channels !== 1 && channels !== 3) {
        throw invalid(`The number of channels must be 1 (grey) or 3 (RGB), but it is ${String(channels)}.`);
    }
    if (split !== undefined && !(split > 0 && split < 1)) {
        throw invalid(`The split must be a fraction between 0 and 1, such as 0.8 for training on 80 %, but it is ${split}.`);
    }
    if (options.labels !== undefined && options.labels !== "fine" && options.labels !== "coarse") {
        throw invalid(`The labels must be "fine" or "coarse", but they are ${JSON.stringify(options.labels)}.`);
    }
    if (!(maxArchiveBytes > 0))
        throw invalid(`maxArchiveBytes must be positive, but it is ${maxArchiveBytes}.`);
    if (!["memory", "disk", "auto"].includes(store)) {
        throw invalid(`The store must be memory, disk or auto, but it is ${String(store)}.`);
    }
    if (corrupt !== "fail" && corrupt !== "skip") {
        throw invalid(`What becomes of corrupt images must be fail or skip, but it is ${String(corrupt)}.`);
    }
    const { onWarning = () => { }, onProgress = () => { } } = options;
    const decoding = { store, cacheDir, corrupt, onProgress };
    return { size, channels, split, seed, flippable, maxArchiveBytes, ...decoding, onWarning };
}
/** Refuses options that a data set does not take. @throws DatadamError INVALID_OPTION */
export function refuseOptions(name, options, refused) {
    const whys = {
        labels: "its images have one label",
        split: "its parts are as published",
    };
    for (const option of refused) {
        if (options[option] === undefined)
            continue;
        const why = whys[option] ?? "its images are as they are";
        throw invalid(`The data set "${name}" takes no option ${option} (given: ${options[option]}): ${why}.`);
    }
}
function invalid(message) {
    return new DatadamError("INVALID_OPTION", message);
}
//# sourceMappingURL=options.js.map