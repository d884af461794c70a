// `datadam distill`: a new run, or a run that goes on.
import { join, relative } from "node:path";
import { inspectDataset } from "../../data/index.js";
import { resolveConfig, settleConfig, shardObstacle, } from "../../distill/config.js";
import { createEngine } from "../../engine/index.js";
import { DatadamError } from "../../errors.js";
import { imageSize } from "../../images/index.js";
import { openRun, readSyntheticSet, SYNTHETIC_FILE, setHash, } from "../../run/index.js";
import { Interrupted } from "../fail.js";
import { claimRun } from "../folders.js";
import { prepareSource } from "../prepare.js";
import { duration } from "../reporter.js";
import { driveRun } from "../session.js";
import { resolveSettings } from "../settings.js";
import { watchSignals } from "../signals.js";
import { loadSource, reloadSource } from "../source.js";
import { versions } from "../versions.js";
/** Larger sets are not read for warnings before each run; `datadam data info` does. */
const INSPECTED_BYTES = 2 ** 30;
export async function distillCommand(flags, ui) {
    const settings = resolveSettings(flags, process.env);
    if (flags.printConfig) {
        const { job, config, sources } = settings;
        process.stdout.write(`${JSON.stringify({ ...job, config, sources }, undefined, 2)}\n`);
        return;
    }
    const outcome = flags.resume === undefined ? await startRun(flags, settings, ui) : await resumeRun(flags, settings, ui);
    tellOutcome(outcome, ui);
}
/** Starts a new run and drives it to its end. Used by `demo` too. */
export async function startRun(flags, settings, ui) {
    const { job, config } = settings;
    if (flags.classes !== undefined)
        requireShardable(config);
    const claim = claimRun(flags.out, flags.stem ?? `runs/${slug(job.dataset)}-ipc${config.ipc}`);
    const signals = watchSignals(claim.release, (signal) => tellStopping(signal, ui));
    try {
        ui.reporter.note(`loading ${job.dataset}`);
        const source = await loadSource(job, ui);
        const { train } = source.dataset;
        if (train.count * imageSize(train) <= INSPECTED_BYTES) {
            for (const warning of inspectDataset(source.dataset).warnings)
                ui.reporter.warn(warning);
        }
        const settled = settleConfig(config, train);
        const classes = checkClasses(flags.classes, train.classNames);
        const prepared = await prepareSource(train, settled, ui, workersOf(job.workers));
        const initial = readInitial(job.initial);
        const record = {
            format: "datadam-run/1",
            preset: job.preset,
            seed: settled.seed,
            config: settled,
            dataset: source.description,
            classes,
            ...(initial === undefined ? {} : { initial }),
            versions: versions(),
            created: new Date().toISOString(),
        };
        const run = claim.begin(record, prepared.preprocessing);
        return await drive(run, source.dataset, prepared, flags, settings, signals, ui);
    }
    catch (error) {
        quietly(claim.abandon);
        throw error;
    }
    finally {
        signals.dispose();
        quietly(claim.release);
    }
}
/** Goes on with a run, which may be at its end already. */
export async function resumeRun(flags, settings, ui) {
    if (flags.out !== undefined) {
        throw new DatadamError("INVALID_OPTION", "--out does not go with --resume", {
            hint: "A resumed run stays in its folder.",
        });
    }
    const run = openRun(flags.resume);
    const signals = watchSignals(run.close, (signal) => tellStopping(signal, ui));
    try {
        refuseSelection(run);
        refuseConflicts(run.record, flags, settings);
        const { dataDir, store } = settings.job;
        const moved = {
            ...(settings.given.dataDir === undefined ? {} : { dataDir: dataDir }),
            ...(settings.given.store === undefined ? {} : { store: store }),
        };
        ui.reporter.note(`resuming ${show(run.directory)}`);
        const source = await reloadSource(run.record.dataset, moved, ui);
        const prepared = await prepareSource(source.dataset.train, run.record.config, ui, workersOf(settings.job.workers), run.preprocessing());
        return await drive(run, source.dataset, prepared, flags, settings, signals, ui);
    }
    finally {
        signals.dispose();
        run.close();
    }
}
async function drive(run, dataset, prepared, flags, settings, signals, ui) {
    const { job } = settings;
    const engine = await createEngine({ ...deviceOf(job.device), ...workersOf(job.workers) });
    try {
        const iterations = settings.given.iterations;
        const outcome = await driveRun({
            run,
            prepared,
            engine,
            ui,
            signals,
            ...(flags.checkpointEvery === undefined ? {} : { checkpointEvery: flags.checkpointEvery }),
            ...(flags.resume === undefined || iterations === undefined ? {} : { iterations }),
        });
        if (signals.requested !== undefined && outcome.iteration < outcome.iterations) {
            ui.reporter.warn(`stopped after iteration ${outcome.iteration} of ${outcome.iterations}; go on with: datadam distill --resume ${show(run.directory)}`);
            throw new Interrupted(signals.requested);
        }
        return { ...outcome, dataset, prepared };
    }
    finally {
        await engine.close();
    }
}
function tellOutcome({ run, set, iteration, loss, seconds }, ui) {
    const { directory } = run;
    const images = set.labels.length;
    const facts = [
        `${images} images`,
        `iteration ${iteration}`,
        ...(loss === undefined ? [] : [`loss ${loss.toPrecision(4)}`]),
    ];
    ui.result(`${show(join(directory, SYNTHETIC_FILE))}: ${facts.join(", ")}, ${duration(seconds)}`, {
        run: directory,
        synthetic: join(directory, SYNTHETIC_FILE),
        grid: join(directory, "grid.png"),
        images,
        iteration,
        loss: loss ?? null,
        seconds,
    });
}
/** The set of `--init PATH`, as a run records it. */
function readInitial(path) {
    return path === undefined ? undefined : { path, sha256: setHash(readSyntheticSet(path)) };
}
function refuseSelection({ directory, record }) {
    if (record.selection === undefined)
        return;
    throw new DatadamError("INVALID_OPTION", `${show(directory)} holds chosen images (${record.selection.method}): nothing to go on with`, {
        hint: `Distil from them by: datadam distill --init ${show(directory)}`,
    });
}
/** Everything but where and how a run works is fixed when it is made. @throws DatadamError INVALID_OPTION naming what differs */
export function refuseConflicts(record, flags, settings) {
    const { given } = settings;
    const recorded = { ...record.config, preset: record.preset, ...jobOf(record) };
    const free = ["iterations", "workers", "device", "dataDir", "store"];
    const asGiven = settleQuietly(given, record);
    const conflicts = Object.keys(given)
        .filter((key) => !free.includes(key) && !same(asGiven[key] ?? given[key], recorded[key]))
        .map((key) => `${key} (the run has ${JSON.stringify(recorded[key] ?? null)}, given ${JSON.stringify(given[key])})`);
    const { initial } = settings.job;
    if (initial !== undefined && initial !== record.initial?.path) {
        conflicts.push(`init (the run has ${record.initial?.path ?? record.config.init}, given ${initial})`);
    }
    if (flags.classes !== undefined && !same(flags.classes, record.classes)) {
        conflicts.push(`classes (the run has ${record.classes?.join(",") ?? "all"}, given ${flags.classes.join(",")})`);
    }
    if (conflicts.length === 0)
        return;
    throw new DatadamError("INVALID_OPTION", `--resume does not go with another ${conflicts.join(", ")}`, {
        hint: "Leave these out to go on with the run as it is, or start a new run.",
    });
}
/** `auto` given on the command line means what it means for the run's data. */
function settleQuietly(given, record) {
    const keys = Object.keys(given).filter((key) => key in record.config);
    const config = settleConfig(resolveConfig({ ...record.config, ...Object.fromEntries(keys.map((key) => [key, given[key]])) }), record.dataset);
    return { ...config };
}
function jobOf({ dataset }) {
    const { source, size, channels, split, corrupt, labels = source === "cifar100" ? "fine" : undefined } = dataset;
    return { dataset: source, size, channels, split, labels, corrupt };
}
function same(a, b) {
    return JSON.stringify(a) === JSON.stringify(b);
}
export function requireShardable(config) {
    const obstacle = shardObstacle(config);
    if (obstacle === undefined)
        return;
    throw new DatadamError("INVALID_OPTION", `--classes does not go with this: ${obstacle.reason}`, {
        hint: obstacle.hint,
    });
}
/** The classes of a shard; null for all. @throws DatadamError INVALID_OPTION */
export function checkClasses(classes, names) {
    if (classes === undefined)
        return null;
    const beyond = classes.find((label) => label >= names.length);
    if (beyond !== undefined) {
        throw new DatadamError("INVALID_OPTION", `--classes: there is no class ${beyond}; the data set has classes 0 to ${names.length - 1}`);
    }
    return classes.length === names.length ? null : classes;
}
function tellStopping(signal, ui) {
    ui.reporter.warn(`${signal === "SIGINT" ? "Ctrl-C" : signal}: finishing this iteration and writing a checkpoint (again: stop at once)`);
}
function quietly(tidy) {
    try {
        tidy();
    }
    catch {
        // The failure that led here matters more.
    }
}
/** A data set as part of a folder's name. */
export function slug(dataset) {
    const name = dataset
        .replace(/[/\\]+$/, "")
        .replace(/^.*[/\\]/, "")
        .replace(/(\.tar)?\.(gz|tgz|tar)$|\.tgz$/, "");
    return name.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "images";
}
/** A path as a person would type it. */
export function show(path) {
    const short = relative(process.cwd(), path);
    return short === "" || short.startsWith("..") ? path : short;
}
export function workersOf(workers) {
    return workers === undefined ? {} : { workers };
}
export function deviceOf(device) {
    return device === undefined ? {} : { device };
}
//# sourceMappingURL=distill.js.map