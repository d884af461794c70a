// What commands that run for hours share: a folder to go on in, signals, and the words of the command for its record.
import { cpus, totalmem } from "node:os";
import { openExperiment } from "../run/index.js";
import { Interrupted } from "./fail.js";
import { watchSignals } from "./signals.js";
/** Opens the folder, works, and stops tidily on a signal: the same command goes on. */
export async function runExperiment(folder, plan, ui, work) {
    const experiment = openExperiment(folder, plan);
    const signals = watchSignals(experiment.close, (signal) => ui.reporter.warn(`${signal}: stopping; what is finished is kept, and the same command goes on`));
    signals.deferFromNow();
    if (experiment.resumed)
        ui.reporter.note(`going on in ${folder}`);
    try {
        return await work(experiment, signals.signal);
    }
    catch (error) {
        if (signals.requested !== undefined)
            throw new Interrupted(signals.requested);
        throw error;
    }
    finally {
        ui.reporter.end();
        signals.dispose();
        experiment.close();
    }
}
/** The command as it was given, without the places of this machine. */
export function commandLine(words = process.argv.slice(2)) {
    const told = [];
    for (let i = 0; i < words.length; i++) {
        const [flag, value] = words[i].split(/=(.*)/s);
        const place = { "--data-dir": "DIR", "--out": "OUT" }[flag];
        told.push(place === undefined ? quote(words[i]) : `${flag} ${place}`);
        if (place !== undefined && value === undefined)
            i++;
    }
    return ["datadam", ...told].join(" ");
}
function quote(word) {
    return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
/** What times were measured on. */
export function machine() {
    return {
        cpu: cpus()[0]?.model.trim() ?? "unknown",
        cores: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        node: process.version,
    };
}
//# sourceMappingURL=experiment.js.map