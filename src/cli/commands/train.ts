// `datadam train`: one network trained on a whole set, the row that every distilled set is measured against.

import { join, relative } from "node:path";
import { createEngine } from "../../engine/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { countCorrect, networkFor, resolveProtocol, settleProtocol, Trainer, train } from "../../evaluate/index.ts";
import type { TrainingState } from "../../evaluate/types.ts";
import type { Dataset, ImageSet } from "../../images/types.ts";
import { buildNetwork, type Network, type Norm } from "../../nn/index.ts";
import {
  beginTraining,
  openTraining,
  PARAMETERS_FILE,
  type SourceOptions,
  type TrainingFolder,
  type TrainingRecord,
} from "../../run/index.ts";
import { Interrupted } from "../fail.ts";
import { claimRun } from "../folders.ts";
import { prepareSource } from "../prepare.ts";
import { duration } from "../reporter.ts";
import { type SignalWatch, watchSignals } from "../signals.ts";
import { loadSource, reloadSource } from "../source.ts";
import type { CommonFlags, Ui } from "../ui.ts";
import { versions } from "../versions.ts";

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

export async function trainCommand(flags: TrainFlags, ui: Ui): Promise<void> {
  if (flags.resume === undefined) await start(flags, ui);
  else await goOn(flags.resume, flags, ui);
}

async function start(flags: TrainFlags, ui: Ui): Promise<void> {
  const name = flags.dataset ?? "builtin";
  const said = resolveProtocol(flags.protocol ?? "whole");
  const { epochs = said.epochs, batch = said.batch } = flags;
  const claim = claimRun(flags.out, `runs/${name.replaceAll(/[^\w.-]+/g, "-")}-${flags.arch ?? "convnet"}`);
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
      protocol: settleProtocol({ ...said, epochs, batch }, flippable),
      zca: flags.zca ? { eps: ZCA_EPS } : false,
      dataset: description,
      versions: versions(),
      created: new Date().toISOString(),
    };
    await drive(beginTraining(claim.directory, record, claim.release), dataset, network, flags, signals, ui);
  } finally {
    signals.dispose();
    claim.release();
  }
}

async function goOn(directory: string, flags: TrainFlags, ui: Ui): Promise<void> {
  refuseFixed(flags);
  const folder = openTraining(directory);
  const signals = watchSignals(folder.close, (signal) => ui.reporter.warn(`${signal}: stopping after this step`));
  try {
    const { record } = folder;
    ui.reporter.note(`resuming ${show(folder.directory)}`);
    const { dataset } = await reloadSource(record.dataset, given(flags, ["dataDir", "store"]), ui);
    const { name, ...options } = record.network;
    await drive(folder, dataset, buildNetwork(name, options), flags, signals, ui);
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
): Promise<void> {
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
    const result = {
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
    folder.writeResult(state, result);
    const parameters = join(folder.directory, PARAMETERS_FILE);
    ui.result(
      `${network.name} on all ${prepared.count} images: ${result.accuracy.toFixed(1)} % of ${test.count} test images, ${duration(result.seconds)}\n${show(parameters)}`,
      { run: folder.directory, parameters, ...result },
    );
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

function given<Flags, Key extends keyof Flags>(
  flags: Flags,
  keys: readonly Key[],
): { [K in Key]?: Exclude<Flags[K], undefined> } {
  return Object.fromEntries(keys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]]))) as {
    [K in Key]?: Exclude<Flags[K], undefined>;
  };
}

function show(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}
