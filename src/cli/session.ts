// Drives a distillation and keeps its run directory: metrics every iteration, checkpoints now and then, the result at the end.

import { distill } from "../distill/index.ts";
import type { DistillState } from "../distill/types.ts";
import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import type { Dataset, ImageSet, PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Run } from "../run/index.ts";
import { rereadInitial } from "./initial.ts";
import type { SignalWatch } from "./signals.ts";
import type { Ui } from "./ui.ts";

/** Seconds between checkpoints where none was asked for. */
const CHECKPOINT_SECONDS = 30;

export interface DriveOptions {
  readonly run: Run;
  readonly prepared: PreparedSet;
  /** What it was prepared from. */
  readonly train: ImageSet;
  readonly engine: Engine;
  readonly ui: Ui;
  readonly signals: SignalWatch;
  /** Iterations between checkpoints. Default: about 30 seconds. */
  readonly checkpointEvery?: number;
  /** Another number of iterations than the run's. */
  readonly iterations?: number;
}

export interface DriveOutcome {
  readonly run: Run;
  readonly set: SyntheticSet;
  readonly iteration: number;
  readonly iterations: number;
  /** Of the last iteration; undefined where none was left to do. */
  readonly loss: number | undefined;
  readonly seconds: number;
}

export interface DistillOutcome extends DriveOutcome {
  readonly dataset: Dataset;
  readonly prepared: PreparedSet;
}

export async function driveRun(options: DriveOptions): Promise<DriveOutcome> {
  const { run, prepared, engine, ui, signals } = options;
  const resume = run.latestCheckpoint((message) => ui.reporter.warn(message));
  const done = resume?.iteration ?? 0;
  extend(run, options.iterations, done);
  const { config, classes } = run.record;
  const { iterations } = config;
  const given = resume === undefined ? run.record.initial : undefined;
  const initial = given === undefined ? undefined : await rereadInitial(given, options.train, ui);
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
  let loss: number | undefined;
  const save = (state: DistillState): void => {
    metrics.flush();
    run.saveCheckpoint(state);
    saved = { iteration: state.iteration, time: performance.now() };
  };
  const due = (iteration: number): boolean =>
    options.checkpointEvery === undefined
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
      if (due(event.iteration)) save(distillation.state());
      if (signals.requested !== undefined) break;
    }
    ui.reporter.end();
    const state = distillation.state();
    if (state.iteration > saved.iteration || state.iteration === 0) save(state);
    const set = run.writeResult(distillation.snapshot(), state.iteration);
    return { run, set, iteration: state.iteration, iterations, loss, seconds: (performance.now() - started) / 1000 };
  } finally {
    ui.reporter.end();
    metrics.close();
  }
}

function extend(run: Run, iterations: number | undefined, done: number): void {
  if (iterations === undefined) return;
  if (iterations < done) {
    throw new DatadamError(
      "INVALID_OPTION",
      `--iterations ${iterations} is less than the run's ${done} finished iterations`,
      {
        hint: "Give at least as many, or start a new run.",
      },
    );
  }
  run.setIterations(iterations);
}
