// `datadam continual`: classes come one after the other, a memory stays, fresh networks learn from it.
import { continualMetrics } from "../../continual/index.js";
import { DatadamError } from "../../errors.js";
import { mean, pairedDifference, sampleStd } from "../../statistics/index.js";
import { continualPlot, continualTable } from "../continual/report.js";
import { settleContinual } from "../continual/settings.js";
import { runMethods } from "../continual/work.js";
import { commandLine, machine, runExperiment } from "../experiment.js";
import { loadSource } from "../source.js";
import { versions } from "../versions.js";
export async function continualCommand(flags, ui) {
    const settings = settleContinual(flags);
    const { dataset, description } = await loadSource(settings.job, ui);
    const { source, fingerprint, name } = description;
    // Others may be added to what is there.
    const { methods: _, job: __, orders: ___, networks: ____, ...deciding } = settings;
    const plan = { format: "datadam-continual/1", dataset: { source, fingerprint }, ...deciding };
    const record = await runExperiment(flags.out, plan, ui, async (experiment, signal) => {
        const answers = await runMethods(dataset, settings, { experiment, signal, ui });
        const finished = recordOf(name, settings, answers);
        experiment.write("continual.json", `${JSON.stringify(finished, undefined, 1)}\n`);
        experiment.write("continual.svg", continualPlot(finished));
        return finished;
    });
    ui.result(continualTable(record), record);
}
function recordOf(name, settings, answers) {
    const { steps, bound, stream, orders, networks, protocol, config, seed, classes } = settings;
    const methods = answers.map(methodRecord);
    const [first, ...others] = methods;
    if (first === undefined)
        throw new DatadamError("INVALID_OPTION", "--method names no method");
    return {
        format: "datadam-continual/1",
        command: commandLine(),
        created: new Date().toISOString(),
        machine: machine(),
        versions: versions(),
        dataset: name,
        classes,
        steps,
        bound,
        stream,
        orders,
        networks,
        seed,
        protocol,
        config,
        methods,
        lead: others.map(({ method, runs }) => {
            const { mean: difference, interval, pairs, } = pairedDifference(first.runs.map((run) => run.final), runs.map((run) => run.final));
            return { method: first.method, over: method, mean: difference, interval: interval ?? null, pairs };
        }),
    };
}
function methodRecord({ method, runs, images, seconds }) {
    const metrics = runs.map((run) => ({ ...run, ...continualMetrics(run.answers) }));
    const spread = (values) => ({ mean: mean(values), std: sampleStd(values) });
    const forgetting = metrics.flatMap((run) => (run.forgetting === null ? [] : [run.forgetting]));
    return {
        method,
        images,
        seconds: Number(seconds.toFixed(1)),
        seen: runs[0].answers.map(({ seen }) => seen.length),
        accuracies: runs[0].answers.map((_, step) => spread(metrics.map((run) => run.accuracies[step]))),
        final: spread(metrics.map((run) => run.final)),
        average: spread(metrics.map((run) => run.average)),
        forgetting: forgetting.length === 0 ? null : spread(forgetting),
        runs: metrics,
    };
}
//# sourceMappingURL=continual.js.map