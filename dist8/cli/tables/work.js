// The work of a table: sets, then networks, unit by unit. Several processes may do it at once, each what no other has begun.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DatadamError } from "../../errors.js";
import { canonicalJson, holdsSyntheticSet, makeFolder, openJournal, readSyntheticSet, SYNTHETIC_FILE, tryLock, writeSyntheticSet, } from "../../run/index.js";
import { measure, testOnce } from "../commands/evaluate.js";
import { readOther } from "../commands/subject.js";
import { finishTraining } from "../commands/train.js";
import { finishRun } from "../finish.js";
import { prepareSource } from "../prepare.js";
import { versions } from "../versions.js";
import { identify } from "./identity.js";
import { choose } from "./selections.js";
/** Milliseconds between two looks at what another process holds. */
const WAIT = 500;
/** Measures all that is not recorded yet. A unit that fails is told and left; all others are measured. */
export async function fillTable(plan, place) {
    const { ui } = place;
    const units = plan.cells.flat().flatMap((cell) => cell.units);
    const failures = [];
    const tests = new TestSets(place);
    let pending = units;
    let waiting = false;
    while (pending.length > 0) {
        const busy = [];
        for (const unit of pending) {
            try {
                if (!(await measureUnit(unit, { units, ...place, tests })))
                    busy.push(unit);
            }
            catch (error) {
                if (!(error instanceof DatadamError))
                    throw error;
                ui.reporter.end();
                ui.reporter.warn(`${unit.title}: ${error.message}`);
                failures.push({ title: unit.title, error });
            }
        }
        if (busy.length > 0 && busy.length === pending.length) {
            if (!waiting)
                ui.reporter.note(`waiting for another process, which is at ${busy[0].title}`);
            waiting = true;
            await setTimeout(WAIT);
        }
        pending = busy;
    }
    return failures;
}
/** False where another process is at it. */
async function measureUnit(unit, stage) {
    const { records, sources, folder, units, ui } = stage;
    const identity = identify(unit, await sources.facts(unit), fileOf(unit, sources));
    if (missing(unit, identity, records).length === 0)
        return true;
    const place = join(folder, identity.setKey.slice(0, 16));
    const tell = () => ui.reporter.note(`${units.indexOf(unit) + 1} of ${units.length}: ${unit.title}${seedOf(unit)}`);
    if (unit.subject.kind === "whole") {
        return ((await locked(join(place, identity.key.slice(0, 16)), async () => {
            tell();
            await trainWhole(unit, identity, join(place, identity.key.slice(0, 16), "training"), stage);
            return true;
        })) ?? false);
    }
    const set = await locked(place, async () => {
        tell();
        return makeSet(unit, join(place, "set"), stage);
    });
    if (set === undefined)
        return false;
    const own = join(place, identity.key.slice(0, 16));
    const done = await locked(own, async () => {
        // Another process may have measured it before this one had the lock.
        if (missing(unit, identity, records).length > 0)
            await measureSet(unit, identity, set, own, stage);
        return true;
    });
    return done ?? false;
}
function seedOf({ seed }) {
    return seed === 0 ? "" : `, seed ${seed}`;
}
function fileOf(unit, sources) {
    const found = sources.file(unit);
    if (found !== undefined || unit.subject.kind !== "file")
        return found;
    throw new DatadamError("RUN_NOT_FOUND", `there is no set at ${unit.subject.path}`, {
        hint: "A path of a table is relative to its file.",
    });
}
/** Does the work where the folder's lock is free. */
async function locked(folder, work) {
    makeFolder(folder);
    const release = tryLock(folder);
    if (release === undefined)
        return undefined;
    try {
        return await work();
    }
    finally {
        release();
    }
}
/** Numbers of the networks that are not recorded. */
export function missing({ networks }, identity, records) {
    const known = records.accuracies(identity).length;
    return Array.from({ length: Math.max(0, networks - known) }, (_, i) => known + i);
}
async function makeSet(unit, folder, stage) {
    const { subject } = unit;
    const { sources, ui, execution } = stage;
    if (subject.kind === "file")
        return readFile(unit, subject, stage);
    if (subject.kind === "whole")
        throw new TypeError("a whole set is trained on, not made");
    if (subject.kind === "distill") {
        await finishRun(folder, subject.flags, subject.settings, ui);
    }
    else if (!existsSync(join(folder, SYNTHETIC_FILE))) {
        const { train } = await sources.load(unit);
        const { config } = subject.settings;
        const zca = config.zca === "auto" ? /^cifar/i.test(train.name) : config.zca;
        const prepared = await prepareSource(train, { zca, zcaEps: config.zcaEps }, ui, workersOf(execution));
        const { ipc, seed } = config;
        const set = await choose(prepared, { ...subject.selection, ipc, seed }, execution, ui);
        // What it is, the folder's name and the record say.
        writeSyntheticSet(folder, { ...set, provenance: {} });
    }
    return readSyntheticSet(folder);
}
async function readFile(unit, { path, space }, { sources, execution, ui }) {
    if (holdsSyntheticSet(path))
        return readSyntheticSet(path);
    const { train } = await sources.load(unit);
    const { set, notes } = await readOther(path, train, { ...workersOf(execution), ...(space && { space }) }, ui);
    for (const note of notes)
        ui.reporter.note(`${unit.title}: ${note}`);
    return set;
}
/** One network on all images. */
async function trainWhole(unit, identity, folder, stage) {
    const { records, execution, ui } = stage;
    if (missing(unit, identity, records).length === 0)
        return;
    const { network, protocol, seed } = identity.evaluation;
    const { name: arch, norm, width, depth, activation = "relu", pooling = "average" } = network;
    if (activation !== "relu" || pooling !== "average") {
        throw new DatadamError("INVALID_OPTION", `a whole set is not trained on with ${activation} and pooling ${pooling}`, {
            hint: "Leave out activation and pooling for this row.",
        });
    }
    const { job } = unit.subject.settings;
    const { name, epochs, batch } = protocol;
    const flags = { ...job, ...execution, arch, norm, width, depth, protocol: name, epochs, batch, seed };
    const result = await finishTraining(folder, { ...flags, zca: identity.set.zca === true }, ui);
    refuseOther(unit.title, result.network, network);
    records.add(identity, [result.accuracy], versions());
}
/** What was measured is what the record's name says. */
function refuseOther(title, measured, planned) {
    if (canonicalJson(measured) === canonicalJson(planned))
        return;
    throw new Error(`${title}: measured ${canonicalJson(measured)} instead of ${canonicalJson(planned)}`);
}
/** Trains the networks that are missing; those that are done outlive a kill in a journal. */
async function measureSet(unit, identity, set, folder, stage) {
    const { records, sources, tests, execution, ui } = stage;
    const recorded = records.accuracies(identity);
    const journal = openJournal(join(folder, "journal.jsonl"));
    try {
        const indices = missing(unit, identity, records).filter((index) => journal.get(String(index)) === undefined);
        if (indices.length > 0) {
            const data = await sources.load(unit);
            const { device } = execution;
            const measured = await measure({ [unit.title]: { ...set, provenance: identity.provenance } }, await tests.of(data, set), {
                ...unit.choice,
                protocol: unit.protocol,
                seed: unit.seed,
                indices,
                onNetwork: (index, accuracy) => journal.add(String(index), accuracy),
            }, { ...workersOf(execution), ...(device === undefined ? {} : { device }) }, ui);
            refuseOther(unit.title, measured[unit.title].network, identity.evaluation.network);
        }
        const { networks } = unit;
        const accuracies = Array.from({ length: networks }, (_, i) => recorded[i] ?? journal.get(String(i)));
        records.add(identity, accuracies, versions());
    }
    finally {
        journal.close();
    }
}
/** The test images as the networks of a set see them; whitening them takes seconds, so that the last ones are kept. */
class TestSets {
    #place;
    #last;
    constructor(place) {
        this.#place = place;
    }
    async of({ test }, set) {
        const { zca } = set.preprocessing;
        if (zca === undefined)
            return test;
        if (this.#last?.test === test && equal(this.#last.whiten, zca.whiten))
            return this.#last.prepared;
        this.#last = undefined;
        const prepared = await testOnce(test, set, this.#place.ui, workersOf(this.#place.execution));
        this.#last = { test, whiten: zca.whiten, prepared };
        return prepared;
    }
}
function equal(a, b) {
    return (a.length === b.length &&
        Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(new Uint8Array(b.buffer, b.byteOffset, b.byteLength)));
}
function workersOf({ workers }) {
    return workers === undefined ? {} : { workers };
}
//# sourceMappingURL=work.js.map