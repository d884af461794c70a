// `datadam evaluate RUN|FILE`: how well networks do that have seen nothing but the distilled set.
import { createEngine } from "../../engine/index.js";
import { DatadamError } from "../../errors.js";
import { evaluate, randomSubset, resolveProtocol, withSoftLabels } from "../../evaluate/index.js";
import { addResult } from "../../run/index.js";
import { Interrupted } from "../fail.js";
import { planNetworks, titleOf } from "../networks.js";
import { readNetwork } from "../parameters.js";
import { prepareSource } from "../prepare.js";
import { duration } from "../reporter.js";
import { watchSignals } from "../signals.js";
import { accuracy, table } from "../table.js";
import { subjectOf } from "./subject.js";
export async function evaluateCommand(path, flags, ui) {
    const { entries, ipc, names, directory } = await evaluateRun(path, flags, ui);
    const source = directory === undefined ? { source: path } : {};
    if (entries.length === 1) {
        ui.result(accuracyTable(rowsOf(entries[0]), ipc, { names }), { ...source, ...entries[0] });
    }
    else
        ui.result(networksTable(entries, ipc, names), { ...source, evaluations: entries });
}
/** Evaluates a set with each network that the flags name; the results of a run's set are added to the run. */
export async function evaluateRun(path, flags, ui) {
    const { set, name, train, test, ipc, seed, directory } = await subjectOf(path, flags, ui);
    const planned = planNetworks(set, flags, resolveProtocol(flags.protocol ?? "quick").norm);
    const workers = flags.workers === undefined ? {} : { workers: flags.workers };
    const execution = { ...workers, ...(flags.device === undefined ? {} : { device: flags.device }) };
    const random = flags.random === false
        ? undefined
        : randomSubset(await prepareSource(train, { zca: false, zcaEps: 0.1 }, ui, workers, set.preprocessing), ipc, seed);
    const soft = await softLabelled({ distilled: set, ...(random && { random }) }, flags, planned[0], execution, ui);
    const prepared = await testOnce(test, set, ui, workers);
    const entries = [];
    for (const network of planned) {
        const measured = await measure(soft.rows, prepared, {
            ...(flags.networks === undefined ? {} : { networks: flags.networks }),
            ...(flags.protocol === undefined ? {} : { protocol: flags.protocol }),
            // Said for both rows, so that they have the same networks.
            ...network,
            seed,
        }, execution, ui, planned.length > 1 ? `${titleOf({ ...network })}, ` : "");
        const entry = {
            created: new Date().toISOString(),
            iteration: Number(set.provenance.iteration ?? 0),
            distilled: measured.distilled,
            ...(measured.random && { random: measured.random }),
            ...(soft.record && { softLabels: soft.record }),
        };
        if (directory !== undefined)
            addResult(directory, entry);
        entries.push(entry);
    }
    const shown = soft.record === undefined ? name : `${name}, soft labels`;
    const names = { distilled: shown, ...(soft.both && { random: "random real, soft labels" }) };
    return { entries, ipc, names, directory };
}
function rowsOf({ distilled, random }) {
    return { distilled, ...(random === undefined ? {} : { random }) };
}
/** Rows of several networks, random and distilled beside each other. */
function networksTable(entries, ipc, names) {
    const rows = entries.map(({ distilled, random }) => [
        titleOf(distilled.network),
        `${ipc} a class`,
        random === undefined ? "" : accuracy(random),
        accuracy(distilled),
        String(distilled.accuracies.length),
        duration(distilled.seconds + (random?.seconds ?? 0)),
    ]);
    const name = (row) => names[row] ?? ROW_NAMES[row];
    return table(["network", "images", name("random"), name("distilled"), "networks", "time"], rows);
}
/** The rows with soft labels, where they are asked for: of a teacher for all rows alike, or those that the set carries. */
async function softLabelled(sets, { softLabels: wanted, temperature }, { norm = "instance" }, execution, ui) {
    const options = { softLabels: true };
    if (wanted === undefined) {
        if (temperature === undefined)
            return { rows: sets, both: false, record: undefined };
        throw new DatadamError("INVALID_OPTION", "--temperature is that of --soft-labels, which are not asked for");
    }
    if (wanted === "stored") {
        if (sets.distilled.softLabels === undefined || temperature !== undefined) {
            const what = temperature === undefined ? "the set carries no soft labels" : "stored soft labels have no temperature";
            throw new DatadamError("INVALID_OPTION", `--soft-labels stored: ${what}`, {
                hint: "Name a teacher instead: --soft-labels TEACHER.safetensors",
            });
        }
        ui.reporter.warn("the random row has hard labels: who made the stored soft ones is not known");
        const rows = { ...sets, distilled: { set: sets.distilled, options } };
        return { rows, both: false, record: { teacher: "stored" } };
    }
    if (sets.random === undefined) {
        throw new DatadamError("INVALID_OPTION", "--soft-labels need the row of random images under the same labels", {
            hint: "Leave out --no-random: soft labels lift any images, so that only the difference says something.",
        });
    }
    const { shape, classNames } = sets.distilled;
    const teacher = readNetwork(wanted, { shape, classes: classNames.length, norm });
    const engine = await createEngine(execution);
    try {
        const asked = { ...teacher, engine, ...(temperature === undefined ? {} : { temperature }) };
        const rows = {};
        for (const [row, set] of Object.entries(sets))
            rows[row] = { set: await withSoftLabels(set, asked), options };
        return { rows, both: true, record: { teacher: teacher.sha256, temperature: temperature ?? 1 } };
    }
    finally {
        await engine.close();
    }
}
/** Whitens the test set once for both rows; without whitening preparing is free. */
export async function testOnce(test, { preprocessing }, ui, workers) {
    if (preprocessing.zca === undefined)
        return test;
    const prepared = await prepareSource(test, { zca: true, zcaEps: preprocessing.zca.eps }, ui, workers, preprocessing);
    // The evaluation chooses its augmentation by this.
    return Object.assign(prepared, { flippable: test.flippable });
}
/** Evaluates several sets under the same options, with progress; stops on a signal. */
export async function measure(sets, test, options, engineOptions, ui, prefix = "") {
    const signals = watchSignals(() => { }, (signal) => ui.reporter.warn(`${signal}: stopping`));
    signals.deferFromNow();
    const engine = await createEngine(engineOptions);
    try {
        const results = {};
        for (const [name, contestant] of Object.entries(sets)) {
            const { set, options: own } = "set" in contestant ? contestant : { set: contestant, options: {} };
            results[name] = await evaluate(set, test, {
                ...options,
                ...own,
                engine,
                signal: signals.signal,
                onProgress: ({ network, networks, epoch, epochs, loss, done }) => ui.reporter.progress({
                    stage: `evaluating ${prefix}${name}`,
                    done,
                    total: 1,
                    detail: `network ${network + 1}/${networks}, epoch ${epoch}/${epochs}`,
                    data: { network, networks, epoch, epochs, loss },
                }),
            });
            ui.reporter.end();
        }
        return results;
    }
    catch (error) {
        if (signals.requested !== undefined)
            throw new Interrupted(signals.requested);
        throw error;
    }
    finally {
        ui.reporter.end();
        signals.dispose();
        await engine.close();
    }
}
const ROW_NAMES = {
    random: "random real",
    distilled: "distilled",
    whole: "whole set",
};
/** Random, distilled and whole set, as far as they were measured, under other names where given. */
export function accuracyTable(results, ipc, { wholeCount, names = {} } = {}) {
    const rows = ["random", "distilled", "whole"].flatMap((name) => {
        const result = results[name];
        if (result === undefined)
            return [];
        const images = name === "whole" ? `${wholeCount ?? ""}` : `${ipc} a class`;
        return [
            [
                names[name] ?? ROW_NAMES[name],
                images,
                accuracy(result),
                String(result.accuracies.length),
                duration(result.seconds),
            ],
        ];
    });
    return table(["training set", "images", "test accuracy", "networks", "time"], rows);
}
//# sourceMappingURL=evaluate.js.map