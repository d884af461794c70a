// The folder of an experiment of many parts: a plan that never changes, and a journal of what is done.
import { join, resolve } from "node:path";
import { DatadamError } from "../errors.js";
import { makeFolder, readJson, sweepPartial, writeAtomic } from "./files.js";
import { canonicalJson } from "./hash.js";
import { openJournal } from "./journal.js";
import { acquireLock } from "./lock.js";
/**
 * Opens the folder of an experiment, which is made where it is missing; what an earlier process finished of the same plan is kept.
 *
 * @param plan is kept in `plan.json`.
 * @throws DatadamError RUN_EXISTS where the folder belongs to another plan, naming what differs; IO where another process writes it.
 */
export function openExperiment(directory, plan) {
    const folder = resolve(directory);
    makeFolder(folder);
    const release = acquireLock(folder);
    try {
        sweepPartial(folder);
        const path = join(folder, "plan.json");
        const earlier = readJson(path);
        if (earlier === undefined) {
            refuseRun(folder);
            writeAtomic(path, `${JSON.stringify(plan, undefined, 2)}\n`);
        }
        else {
            refuseOther(folder, earlier, plan);
        }
        const journal = openJournal(join(folder, "journal.jsonl"));
        return {
            folder,
            journal,
            resumed: earlier !== undefined,
            write: (name, content) => writeAtomic(join(folder, name), content),
            close() {
                journal.close();
                release();
            },
        };
    }
    catch (error) {
        release();
        throw error;
    }
}
function refuseRun(folder) {
    if (readJson(join(folder, "config.json")) === undefined)
        return;
    throw new DatadamError("RUN_EXISTS", `${folder} holds a run`, { hint: "Choose another folder with --out." });
}
function refuseOther(folder, earlier, plan) {
    const keys = [...new Set([...Object.keys(earlier ?? {}), ...Object.keys(plan)])];
    const text = (value) => (value === undefined ? "nothing" : canonicalJson(value));
    const short = (value) => (text(value).length > 60 ? `${text(value).slice(0, 57)}...` : text(value));
    const differing = keys
        .filter((key) => text(earlier?.[key]) !== text(plan[key]))
        .map((key) => `${key} (there ${short(earlier?.[key])}, asked ${short(plan[key])})`);
    if (differing.length === 0)
        return;
    throw new DatadamError("RUN_EXISTS", `${folder} holds another experiment: it differs in ${differing.join(", ")}`, {
        hint: "Give the same options to go on with it, or choose another folder with --out.",
    });
}
//# sourceMappingURL=experiment.js.map