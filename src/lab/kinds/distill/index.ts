// The job that distils: a data set, a method with its settings, a seed; it leaves the set, its picture and its metrics.

import { type DistillState, distill } from "../../../distill/index.ts";
import { DatadamError } from "../../../errors.ts";
import type { RunRecord } from "../../../run/portable.ts";
import type { Storage } from "../../../storage/index.ts";
import { openEventLog } from "../../folder/eventLog.ts";
import { checkRecord, identityOf } from "../../folder/record.ts";
import type { Row } from "../../folder/rows.ts";
import { completed } from "../../inputs/completed.ts";
import { stateOf, tensorsOf, withProvenance } from "../../inputs/distilled.ts";
import { picturesOf, scalarsOf } from "../../inputs/logs.ts";
import { withMethodSchema } from "../../inputs/method.ts";
import {
  firstPixels,
  holdsStage,
  keepStage,
  keepStart,
  livePicture,
  type Pixels,
  stagesOf,
} from "../../inputs/pictures.ts";
import { publishSet, readSet } from "../../inputs/sets.ts";
import type { Context, Kind } from "../../types.ts";
import { choosingProgress } from "../choosing.ts";
import { begin, resume } from "./begin.ts";
import { type DistillJob, type DistillResult, distillInput, settle } from "./job.ts";
import { plan } from "./plan.ts";

/** Rows of every iteration: loss and its parts, seconds. */
const METRICS_FILE = "metrics.jsonl";

export const distillKind: Kind<DistillJob, DistillResult> = {
  kind: "distill",
  about: "Distils a data set into a few synthetic images of each class.",
  schema: completed(distillInput, settle),
  jsonSchema: () => withMethodSchema(distillInput),
  free: ["method.iterations", "bank"],
  plan,
  run,
};

async function run(context: Context<DistillJob>): Promise<DistillResult> {
  const { job, folder, signal, warn } = context;
  const earlier = folder.record === undefined ? undefined : checkRecord(folder.record, folder.storage.name);
  const begun = earlier === undefined ? await begin(context) : await resume(context, earlier);
  const { record, initial, family } = begun;
  const identity = await identityOf(record);
  const states = folder.states();
  const latest = await states.newest(identity, warn);
  const done = latest?.number ?? 0;
  const { iterations } = job.method;
  if (iterations < done) {
    throw new DatadamError("INVALID_OPTION", `\`iterations\` ${iterations} is less than the ${done} that are done`, {
      hint: "Give at least as many, or start a new run.",
    });
  }
  if (record.config.iterations !== iterations || hasMoved(earlier, record)) {
    await folder.begin({ ...record, config: { ...record.config, iterations } });
  }
  const stages = stagesOf(iterations);
  if (stages.has(done)) await keepEarlierEnd(folder.storage, done);
  const prepared = await begun.images(latest === undefined);
  const options = { ...record.config, family, engine: await context.engine(), classes: record.classes ?? undefined };
  const onChoosing = choosingProgress(context, record.config.init);
  const opening =
    latest === undefined
      ? distill(prepared, { ...options, iterations: 0, initial: await initial(), onChoosing, signal })
      : undefined;
  const start = await opening?.result;
  const distillation = distill(prepared, {
    ...options,
    iterations,
    resume: latest === undefined ? opening?.state() : stateOf(latest),
  });
  const metrics = await folder.rows(METRICS_FILE, "iteration", done);
  const log = await openEventLog(context, latest === undefined ? -1 : done);
  const pictured = picturesOf(log, folder.storage, iterations, done);
  const live = livePicture(folder.storage, context.clock);
  const started = performance.now();
  let saved = { iteration: done, time: started, first: true };
  let loss: number | null = null;
  const passed = new Map<number, Pixels>();
  const save = async (state: DistillState): Promise<void> => {
    await metrics.flush();
    if (start !== undefined && saved.first) {
      await keepStart(folder.storage, start);
      await pictured(0, () => withProvenance(start, record, 0, iterations));
    }
    // Before the state: from there on nothing would make them again.
    for (const [iteration, pixels] of passed) await keepStage(folder.storage, iteration, pixels);
    passed.clear();
    await pictured(state.iteration, (at) => withProvenance(distillation.snapshot(), record, at, iterations));
    await log.flush();
    await states.save(state.iteration, tensorsOf(state, prepared.shape), identity);
    if (state.iteration < iterations) {
      await live(() => withProvenance(distillation.snapshot(), record, state.iteration, iterations));
    }
    saved = { iteration: state.iteration, time: performance.now(), first: false };
    context.emit({ type: "checkpoint", number: state.iteration });
  };
  const { steps, seconds } = context.checkpoint;
  const due = (iteration: number): boolean =>
    steps === undefined ? performance.now() - saved.time >= seconds * 1000 : iteration % steps === 0;
  for await (const { iterations: _, ...event } of distillation) {
    loss = event.loss;
    const row: Row = { ...event, seconds: Number(event.seconds.toFixed(4)) };
    await metrics.append(row);
    await log.scalars(event.iteration, scalarsOf(row));
    context.emit({ type: "row", file: METRICS_FILE, row });
    context.progress({
      stage: "distilling",
      done: event.iteration,
      total: iterations,
      detail: `loss ${event.loss.toPrecision(4)}`,
      data: { loss: event.loss, seconds: event.seconds },
    });
    if (stages.has(event.iteration)) passed.set(event.iteration, firstPixels(distillation.snapshot()));
    if (due(event.iteration)) await save(distillation.state());
    if (signal.aborted) break;
  }
  const state = distillation.state();
  if (state.iteration > saved.iteration || state.iteration === 0) await save(state);
  const set = withProvenance(distillation.snapshot(), record, state.iteration, iterations);
  await publishSet(folder, set);
  if (state.iteration < iterations) signal.throwIfAborted();
  return {
    images: set.labels.length,
    iteration: state.iteration,
    loss,
    seconds: (performance.now() - started) / 1000,
    ...(context.peakMemory && { peakMemory: context.peakMemory() }),
  };
}

/** Keeps the end of a run that now goes further: it is a stage of the longer one. */
async function keepEarlierEnd(storage: Storage, iteration: number): Promise<void> {
  if (await holdsStage(storage, iteration)) return;
  const set = await readSet(storage).catch(() => undefined);
  if (set?.provenance.iteration === iteration) await keepStage(storage, iteration, firstPixels(set));
}

/** Whether the images lie elsewhere than the folder's record says. */
function hasMoved(earlier: RunRecord | undefined, { dataset: { source, dir } }: RunRecord): boolean {
  return earlier !== undefined && (earlier.dataset.source !== source || earlier.dataset.dir !== dir);
}
