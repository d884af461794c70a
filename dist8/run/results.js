// result.json: the evaluations of a run, newest last.
import { join } from "node:path";
import { DatadamError } from "../errors.js";
import { readJson, writeAtomic } from "./files.js";
/** All evaluations of a run so far. */
export function readResults(directory) {
    const path = join(directory, "result.json");
    const content = readJson(path);
    if (content === undefined)
        return [];
    if (!Array.isArray(content?.evaluations))
        throw new DatadamError("INVALID_RUN", `${path} holds no list of evaluations`);
    return content.evaluations;
}
/** Appends an evaluation to `result.json`. */
export function addResult(directory, entry) {
    const evaluations = [...readResults(directory), entry];
    writeAtomic(join(directory, "result.json"), `${JSON.stringify({ evaluations }, undefined, 2)}\n`);
}
//# sourceMappingURL=results.js.map