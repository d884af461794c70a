// Where a named data set lies.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../errors.js";
/** What is at a path; links are followed. Pipes and devices are neither file nor folder. */
export async function placeAt(path) {
    const info = await stat(path).catch(() => undefined);
    return info?.isFile() || info?.isDirectory() ? { path, isFolder: info.isDirectory() } : undefined;
}
/**
 * The place of a named set: `dir` itself, or the first of `names` that the folder `dir` holds.
 * @param hint says where the set comes from
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where there is nothing at `dir`
 */
export async function locate(name, dir, names, hint) {
    if (dir === undefined) {
        throw new DatadamError("INVALID_OPTION", `The data set ${name} needs to know where its files are.`, { hint });
    }
    const place = await placeAt(dir);
    if (place === undefined) {
        throw new DatadamError("DATASET_NOT_FOUND", `There is no file or folder "${dir}".`, { hint });
    }
    if (place.isFolder) {
        for (const inner of names) {
            const found = await placeAt(join(dir, inner));
            if (found !== undefined)
                return found;
        }
    }
    return place;
}
//# sourceMappingURL=locate.js.map