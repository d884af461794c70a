// `datadam continual`: classes come one after the other, a memory stays, fresh networks learn from it.

import { continualMetrics } from "../../continual/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { versions } from "../../lab/node/versions.ts";
import type { SourceOptions } from "../../run/index.ts";
import { mean, pairedDifference, sampleStd } from "../../statistics/index.ts";
import { continualPlot, continualTable } from "../continual/report.ts";
import { type ContinualSettings, settleContinual } from "../continual/settings.ts";
import type { ContinualRecord, MethodRecord, Spread } from "../continual/types.ts";
import { type MethodAnswers, runMethods } from "../continual/work.ts";
import { commandLine, machine, runExperiment } from "../experiment.ts";
import type { SettingFlags } from "../settings.ts";
import { loadSource } from "../source.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface ContinualFlags extends CommonFlags, SourceOptions, SettingFlags {
  readonly out: string;
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly workers?: number;
  readonly device?: Device;
  readonly method: readonly string[];
  readonly steps?: number;
  readonly memory?: number;
  readonly memoryTotal?: number;
  readonly orders?: number;
  readonly networks?: number;
  readonly protocol?: string;
  readonly epochs?: number;
  readonly classes?: readonly number[];
  readonly blur?: number;
}

export async function continualCommand(flags: ContinualFlags, ui: Ui): Promise<void> {
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

function recordOf(name: string, settings: ContinualSettings, answers: readonly MethodAnswers[]): ContinualRecord {
  const { steps, bound, stream, orders, networks, protocol, config, seed, classes } = settings;
  const methods = answers.map(methodRecord);
  const [first, ...others] = methods;
  if (first === undefined) throw new DatadamError("INVALID_OPTION", "--method names no method");
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
      const {
        mean: difference,
        interval,
        pairs,
      } = pairedDifference(
        first.runs.map((run) => run.final),
        runs.map((run) => run.final),
      );
      return { method: first.method, over: method, mean: difference, interval: interval ?? null, pairs };
    }),
  };
}

function methodRecord({ method, runs, images, seconds }: MethodAnswers): MethodRecord {
  const metrics = runs.map((run) => ({ ...run, ...continualMetrics(run.answers) }));
  const spread = (values: readonly number[]): Spread => ({ mean: mean(values), std: sampleStd(values) });
  const forgetting = metrics.flatMap((run) => (run.forgetting === null ? [] : [run.forgetting]));
  return {
    method,
    images,
    seconds: Number(seconds.toFixed(1)),
    seen: runs[0]!.answers.map(({ seen }) => seen.length),
    accuracies: runs[0]!.answers.map((_, step) => spread(metrics.map((run) => run.accuracies[step]!))),
    final: spread(metrics.map((run) => run.final)),
    average: spread(metrics.map((run) => run.average)),
    forgetting: forgetting.length === 0 ? null : spread(forgetting),
    runs: metrics,
  };
}
