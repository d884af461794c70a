// The job of continual learning: classes come one after the other, a memory stays, fresh networks learn from it.

import type * as z from "zod";
import { continualMetrics } from "../../../continual/index.ts";
import { mean, pairedDifference, sampleStd } from "../../../statistics/index.ts";
import { beginWith, openData } from "../../inputs/begun.ts";
import type { Context, Kind } from "../../types.ts";
import { CONTINUAL_FREE, type ContinualJob, continualJsonSchema, continualSchema, settingsOf } from "./job.ts";
import { plan } from "./plan.ts";
import { continualPlot } from "./plot.ts";
import type { ContinualRecord, Lead, MethodRecord, Spread } from "./record.ts";
import { type MethodAnswers, runMethods } from "./work.ts";

/** The result as a file of its own, and its picture. */
const CONTINUAL_FILE = "continual.json";
const CONTINUAL_PLOT_FILE = "continual.svg";

export const continualKind: Kind<ContinualJob, ContinualRecord> = {
  kind: "continual",
  about: "Remembers classes that come one after the other, and measures what networks learn from the memory.",
  schema: continualSchema as unknown as z.ZodType<ContinualJob>,
  jsonSchema: continualJsonSchema,
  free: CONTINUAL_FREE,
  plan,
  run,
};

async function run(context: Context<ContinualJob>): Promise<ContinualRecord> {
  const { folder } = context;
  const source = await openData(context);
  const answers = await runMethods(source, context, () => beginWith(source, context));
  const record = recordOf(source.description.name, answers, context);
  await folder.publish(CONTINUAL_FILE, `${JSON.stringify(record, undefined, 1)}\n`);
  await folder.publish(CONTINUAL_PLOT_FILE, continualPlot(record));
  return record;
}

function recordOf(name: string, answers: readonly MethodAnswers[], context: Context<ContinualJob>): ContinualRecord {
  const { job, versions, environment, clock } = context;
  const { steps, bound, stream, orders, networks, protocol, config, seed, classes, encoders } = settingsOf(job);
  const methods = answers.map(methodRecord);
  const [first, ...others] = methods;
  return {
    format: "datadam-continual/1",
    ...environment,
    created: new Date(clock.now()).toISOString(),
    versions,
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
    ...(encoders && { encoders }),
    methods,
    lead: others.map((other) => leadOf(first!, other)),
  };
}

function leadOf(first: MethodRecord, other: MethodRecord): Lead {
  const finals = ({ runs }: MethodRecord): number[] => runs.map(({ final }) => final);
  const { mean: difference, interval, pairs } = pairedDifference(finals(first), finals(other));
  return { method: first.method, over: other.method, mean: difference, interval: interval ?? null, pairs };
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
