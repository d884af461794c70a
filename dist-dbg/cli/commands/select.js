// `datadam select`: real images of each class, chosen to stand for all, in the format of a distilled set.
import { join } from "node:path";
import { settleConfig } from "../../distill/config.js";
import { createEngine } from "../../engine/index.js";
import { SYNTHETIC_FILE } from "../../run/index.js";
import { select } from "../../select/index.js";
import { Interrupted } from "../fail.js";
import { claimRun } from "../folders.js";
import { readNetwork } from "../parameters.js";
import { prepareSource } from "../prepare.js";
import { duration } from "../reporter.js";
import { resolveSettings } from "../settings.js";
import { watchSignals } from "../signals.js";
import { loadSource } from "../source.js";
import { versions } from "../versions.js";
import { checkClasses, deviceOf, show, slug, workersOf } from "./distill.js";
export async function selectCommand(flags, ui) {
    const { method } = flags;
    // Of choosing: the configuration's method is one of distilling.
    const { method: _, ...rest } = flags;
    const settings = resolveSettings(rest, process.env);
    const { job, config: wanted } = settings;
    const claim = claimRun(flags.out, `sets/${slug(job.dataset)}-${method}-ipc${wanted.ipc}`);
    const signals = watchSignals(claim.release, (signal) => ui.reporter.warn(`${signal}: stopping`));
    try {
        ui.reporter.note(`loading ${job.dataset}`);
        const source = await loadSource(job, ui);
        const { train } = source.dataset;
        const init = method === "random" ? "real" : method;
        const config = settleConfig({ ...wanted, init, iterations: 0 }, train);
        const classes = checkClasses(flags.classes, train.classNames);
        const trained = trainedOf(flags.parameters, train, config);
        const started = performance.now();
        const set = await choose(train, { ...settings, config }, flags, classes, trained, signals, ui);
        const record = {
            format: "datadam-run/1",
            preset: job.preset,
            seed: config.seed,
            config,
            dataset: source.description,
            classes,
            selection: selectionOf(set, trained),
            versions: versions(),
            created: new Date().toISOString(),
        };
        const run = claim.begin(record, set.preprocessing);
        const written = run.writeResult(set, 0);
        tell(run.directory, written, method, (performance.now() - started) / 1000, ui);
    }
    finally {
        signals.dispose();
        claim.release();
    }
}
async function choose(train, { job, config }, { method, features, epochs }, classes, trained, signals, ui) {
    const prepared = await prepareSource(train, config, ui, workersOf(job.workers));
    const engine = await createEngine({ ...deviceOf(job.device), ...workersOf(job.workers) });
    signals.deferFromNow();
    try {
        return await select(prepared, {
            method,
            ipc: config.ipc,
            seed: config.seed,
            ...(trained === undefined ? {} : { parameters: trained.parameters }),
            ...(features === "pixels" ? { features } : trained === undefined ? {} : { features: trained.network }),
            ...(epochs === undefined ? {} : { epochs }),
            ...(classes === null ? {} : { classes }),
            engine,
            signal: signals.signal,
            onProgress: ({ stage, done }) => ui.reporter.progress({ stage, done, total: 1 }),
        });
    }
    catch (error) {
        if (signals.requested !== undefined)
            throw new Interrupted(signals.requested);
        throw error;
    }
    finally {
        ui.reporter.end();
        await engine.close();
    }
}
function trainedOf(path, { shape, classNames }, { norm, activation, pooling }) {
    if (path === undefined)
        return undefined;
    return readNetwork(path, { shape, classes: classNames.length, norm, activation, pooling });
}
/** What the set says of how it was chosen, without what the configuration says. */
function selectionOf({ provenance }, trained) {
    const { method, features, epochs } = provenance;
    return {
        method,
        ...(features === undefined ? {} : { features }),
        ...(trained === undefined ? {} : { parameters: trained.sha256 }),
        ...(epochs === undefined ? {} : { epochs }),
    };
}
function tell(directory, set, method, seconds, ui) {
    const synthetic = join(directory, SYNTHETIC_FILE);
    const images = set.labels.length;
    ui.result(`${show(synthetic)}: ${images} images by ${method}, ${duration(seconds)}`, {
        run: directory,
        synthetic,
        grid: join(directory, "grid.png"),
        images,
        method,
        seconds,
    });
}
//# sourceMappingURL=select.js.map