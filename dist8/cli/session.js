// Drives a distillation and keeps its run directory: metrics every iteration, checkpoints now and then, the result at the end.
import { distill } from "../distill/index.js";
import { DatadamError } from "../errors.js";
import { readSyntheticSet, setHash } from "../run/index.js";
/** Seconds between checkpoints where none was asked for. */
const CHECKPOINT_SECONDS = 30;
export async function driveRun(options) {
    const { run, prepared, engine, ui, signals } = options;
    const resume = run.latestCheckpoint((message) => ui.reporter.warn(message));
    const done = resume?.iteration ?? 0;
    extend(run, options.iterations, done);
    const { config, classes } = run.record;
    const { iterations } = config;
    const initial = resume === undefined ? initialOf(run) : undefined;
    const distillation = distill(prepared, {
        ...config,
        engine,
        ...(classes === null ? {} : { classes }),
        ...(resume === undefined ? {} : { resume }),
        ...(initial === undefined ? {} : { initial }),
    });
    const metrics = run.metrics(done);
    const started = performance.now();
    let saved = { iteration: done, time: started };
    let loss;
    const save = (state) => {
        metrics.flush();
        run.saveCheckpoint(state);
        saved = { iteration: state.iteration, time: performance.now() };
    };
    const due = (iteration) => options.checkpointEvery === undefined
        ? performance.now() - saved.time >= CHECKPOINT_SECONDS * 1000
        : iteration % options.checkpointEvery === 0;
    signals.deferFromNow();
    try {
        for await (const event of distillation) {
            loss = event.loss;
            metrics.append(event);
            ui.reporter.progress({
                stage: "distilling",
                done: event.iteration,
                total: iterations,
                detail: `loss ${event.loss.toPrecision(4)}`,
                data: { loss: event.loss, seconds: event.seconds },
            });
            if (due(event.iteration))
                save(distillation.state());
            if (signals.requested !== undefined)
                break;
        }
        ui.reporter.end();
        const state = distillation.state();
        if (state.iteration > saved.iteration || state.iteration === 0)
            save(state);
        const set = run.writeResult(distillation.snapshot(), state.iteration);
        return { run, set, iteration: state.iteration, iterations, loss, seconds: (performance.now() - started) / 1000 };
    }
    finally {
        ui.reporter.end();
        metrics.close();
    }
}
/** The set that the run starts from, if it has one. @throws DatadamError INVALID_DATA where it is no longer the same */
function initialOf({ record }) {
    if (record.initial === undefined)
        return undefined;
    const { path, sha256 } = record.initial;
    const set = readSyntheticSet(path);
    if (setHash(set) === sha256)
        return set;
    throw new DatadamError("INVALID_DATA", `The set at ${path} is not the one that the run was begun with`, {
        hint: "Put the earlier one back, or start a new run.",
    });
}
function extend(run, iterations, done) {
    if (iterations === undefined)
        return;
    if (iterations < done) {
        throw new DatadamError("INVALID_OPTION", `--iterations ${iterations} is less than the run's ${done} finished iterations`, {
            hint: "Give at least as many, or start a new run.",
        });
    }
    run.setIterations(iterations);
}
//# sourceMappingURL=session.js.map