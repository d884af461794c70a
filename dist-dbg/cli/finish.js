// A run brought to its end wherever it stands: what grids and tables of runs share.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatadamError } from "../errors.js";
import { readRecord, readSyntheticSet, SYNTHETIC_FILE } from "../run/index.js";
import { refuseConflicts, resumeRun, startRun } from "./commands/distill.js";
/**
 * Begins the run of a folder where there is none, goes on with it where it was stopped, does nothing where it is at its end.
 *
 * @throws DatadamError INVALID_OPTION where the folder's run is of another configuration.
 */
export async function finishRun(folder, flags, settings, ui) {
    const { out: _, ...rest } = flags;
    if (!existsSync(join(folder, "config.json"))) {
        await startRun({ ...rest, out: folder }, settings, ui);
    }
    else if (!isFinished(folder, readRecord(folder), rest, settings)) {
        await resumeRun({ ...rest, resume: folder }, settings, ui);
    }
}
function isFinished(folder, record, flags, settings) {
    try {
        refuseConflicts(record, flags, settings);
    }
    catch (error) {
        if (!(error instanceof DatadamError))
            throw error;
        throw new DatadamError(error.code, `${folder}: ${error.message}`, {
            hint: "Give the options that it was begun with, or another folder.",
        });
    }
    const wanted = settings.given.iterations ?? record.config.iterations;
    return existsSync(join(folder, SYNTHETIC_FILE)) && readSyntheticSet(folder).provenance.iteration === wanted;
}
//# sourceMappingURL=finish.js.map