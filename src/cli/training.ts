// Trainings on a whole set: begun, gone on with, brought to their end.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "../engine/index.ts";
import type { Device } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { networkFor } from "../evaluate/index.ts";
import type { Dataset, ImageSet } from "../images/types.ts";
import { versions } from "../lab/node/versions.ts";
import { buildNetwork, type Network, type Norm } from "../nn/index.ts";
import {
  beginTraining,
  openTraining,
  readJson,
  type SourceOptions,
  type TrainingFolder,
  type TrainingRecord,
} from "../run/index.ts";
import { countCorrect, parseProtocol, resolveProtocol, Trainer, train } from "../train/index.ts";
import type { TrainingState } from "../train/types.ts";
import { Interrupted } from "./fail.ts";
import { given } from "./flags.ts";
import { claimRun, show, slug } from "./folders.ts";
import { prepareSource } from "./prepare.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";
import { loadSource, reloadSource } from "./source.ts";
import type { CommonFlags, Ui } from "./ui.ts";

/** Seconds between checkpoints where none was asked for: they hold all parameters twice. */
const CHECKPOINT_SECONDS = 60;
/** As in distillation. */
const ZCA_EPS = 0.1;

export interface TrainFlags extends CommonFlags, SourceOptions {
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly arch?: string;
  readonly norm?: Norm;
  readonly width?: number;
  readonly depth?: number;
  readonly protocol?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly zca?: boolean;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly checkpointEvery?: number;
  readonly workers?: number;
  readonly device?: Device;
}

/** `result.json` of a training. */
export interface TrainResult {
  /** Of the test images, in per cent. */
  readonly accuracy: number;
  readonly correct: number;
  /** Test images and training images. */
  readonly count: number;
  readonly images: number;
  readonly network: TrainingRecord["network"];
  readonly protocol: TrainingRecord["protocol"];
  readonly zca: TrainingRecord["zca"];
  readonly seed: number;
  readonly losses: readonly number[];
  readonly seconds: number;
  /** ISO time. */
  readonly created: string;
}

interface Outcome {
  readonly directory: string;
  readonly result: TrainResult;
}

/** Begins the training of a folder, goes on with it where it was stopped, or reads its result. */
export async function finishTraining(folder: string, flags: TrainFlags, ui: Ui): Promise<TrainResult> {
  const known = readJson(join(folder, "result.json")) as TrainResult | undefined;
  if (known !== undefined) return known;
  const begun = existsSync(join(folder, "config.json"));
  const { result } = begun
    ? await resumeTraining(folder, given(flags, ["dataDir", "store", "workers", "device"]), ui)
    : await startTraining({ ...flags, out: folder }, ui);
  return result;
}

/** Begins a training. */
export async function startTraining(flags: TrainFlags, ui: Ui): Promise<Outcome> {
  const name = flags.dataset ?? "builtin";
  const said = parseProtocol(flags.protocol ?? "whole");
  const { epochs = said.epochs, batch = said.batch } = flags;
  const claim = claimRun(flags.out, `runs/${slug(name)}-${flags.arch ?? "convnet"}`);
  const signals = watchSignals(claim.release, (signal) => ui.reporter.warn(`${signal}: stopping after this step`));
  try {
    ui.reporter.note(`loading ${name}`);
    const { dataset, description } = await loadSource({ ...flags, dataset: name }, ui);
    testOf(dataset);
    const { shape, classNames, flippable } = dataset.train;
    const choice = { arch: flags.arch ?? "convnet", ...given(flags, ["norm", "width", "depth"]) };
    const network = networkFor({ shape, classNames, provenance: {} }, choice, said.norm);
    const record: TrainingRecord = {
      format: "datadam-training/1",
      seed: flags.seed ?? 0,
      network: { name: network.name, ...network.options },
      protocol: resolveProtocol({ ...said, epochs, batch }, flippable),
      zca: flags.zca ? { eps: ZCA_EPS } : false,
      dataset: description,
      versions: versions(),
      created: new Date().toISOString(),
    };
    return await drive(beginTraining(claim.directory, record, claim.release), dataset, network, flags, signals, ui);
  } finally {
    signals.dispose();
    claim.release();
  }
}

/** Goes on with the training of a folder. */
export async function resumeTraining(directory: string, flags: TrainFlags, ui: Ui): Promise<Outcome> {
  refuseFixed(flags);
  const folder = openTraining(directory);
  const signals = watchSignals(folder.close, (signal) => ui.reporter.warn(`${signal}: stopping after this step`));
  try {
    const { record } = folder;
    ui.reporter.note(`resuming ${show(folder.directory)}`);
    const { dataset } = await reloadSource(record.dataset, given(flags, ["dataDir", "store"]), ui);
    const { name, ...options } = record.network;
    return await drive(folder, dataset, buildNetwork(name, options), flags, signals, ui);
  } finally {
    signals.dispose();
    folder.close();
  }
}

async function drive(
  folder: TrainingFolder,
  dataset: Dataset,
  network: Network,
  flags: TrainFlags,
  signals: SignalWatch,
  ui: Ui,
): Promise<Outcome> {
  const { record } = folder;
  const { protocol, seed } = record;
  const workers = given(flags, ["workers"]);
  const whitening = { zca: record.zca !== false, zcaEps: ZCA_EPS };
  const prepared = await prepareSource(dataset.train, whitening, ui, workers);
  const found = folder.latestState(ui.reporter.warn);
  const engine = await createEngine({ ...workers, ...given(flags, ["device"]) });
  const started = performance.now();
  const seconds = (): number => (found?.seconds ?? 0) + (performance.now() - started) / 1000;
  try {
    const run = train(prepared, { network, protocol, seed, resume: found?.state, engine });
    let saved = { step: found?.state.step ?? 0, time: started };
    const save = (state: TrainingState): void => {
      folder.saveState(state, seconds());
      saved = { step: state.step, time: performance.now() };
    };
    const due = (step: number): boolean =>
      flags.checkpointEvery === undefined
        ? performance.now() - saved.time >= CHECKPOINT_SECONDS * 1000
        : step % flags.checkpointEvery === 0;
    signals.deferFromNow();
    for await (const { step, steps, epoch, epochs, loss } of run) {
      ui.reporter.progress({
        stage: "training",
        done: step,
        total: steps,
        detail: `epoch ${epoch}/${epochs}, loss ${loss.toPrecision(4)}`,
        data: { epoch, loss },
      });
      if (due(step) || step === steps || signals.requested !== undefined) save(run.state());
      if (signals.requested === undefined || step === steps) continue;
      ui.reporter.warn(
        `stopped after step ${step} of ${steps}; go on with: datadam train --resume ${show(folder.directory)}`,
      );
      throw new Interrupted(signals.requested);
    }
    ui.reporter.end();
    const state = run.state();
    const test = await prepareSource(testOf(dataset), whitening, ui, workers, prepared.preprocessing);
    const trainer = new Trainer(network, state.parameters, engine);
    trainer.restore(state);
    const correct = await countCorrect(trainer, test, signals.signal);
    const result: TrainResult = {
      accuracy: (100 * correct) / test.count,
      correct,
      count: test.count,
      images: prepared.count,
      network: record.network,
      protocol,
      zca: record.zca,
      seed,
      losses: state.losses,
      seconds: seconds(),
      created: new Date().toISOString(),
    };
    folder.writeResult(state, { ...result });
    return { directory: folder.directory, result };
  } finally {
    ui.reporter.end();
    await engine.close();
  }
}

function testOf({ name, test }: Dataset): ImageSet {
  if (test !== undefined) return test;
  throw new DatadamError("INVALID_OPTION", `${name} has no test images to measure on`, {
    hint: "Give --split 0.8 to keep a fifth of the images for testing.",
  });
}

/** A training's record fixes all but where its data lie and what works on them. */
function refuseFixed(flags: TrainFlags): void {
  const fixed = ["dataset", "size", "channels", "split", "labels", "corrupt"] as const;
  const own = ["arch", "norm", "width", "depth", "protocol", "epochs", "batch", "zca", "seed", "out"] as const;
  const wrong = [...fixed, ...own].filter((key) => flags[key] !== undefined);
  if (wrong.length === 0) return;
  throw new DatadamError("INVALID_OPTION", `--resume does not go with --${wrong.join(", --")}`, {
    hint: "Leave these out to go on with the training as it is, or start a new one.",
  });
}
