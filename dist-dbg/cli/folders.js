// Folders for results: the one that was asked for, or the first free number.
import { existsSync } from "node:fs";
import { DatadamError } from "../errors.js";
import { createRun } from "../run/index.js";
/** Reserves `out`, or `<stem>-<n>` with the first free n. */
export function claimRun(out, stem) {
    if (out !== undefined)
        return createRun(out);
    for (let number = 1;; number++) {
        const folder = `${stem}-${number}`;
        if (existsSync(folder))
            continue;
        try {
            return createRun(folder);
        }
        catch (error) {
            // Another process was faster.
            if (!(error instanceof DatadamError && (error.code === "RUN_EXISTS" || existsSync(`${folder}/lock`))))
                throw error;
        }
    }
}
//# sourceMappingURL=folders.js.map