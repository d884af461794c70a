// Training one network on a whole set, in steps that can be stopped after any and resumed.

import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { initialize, type Network } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import type { Examples } from "./batches.ts";
import { epochSteps } from "./epochSteps.ts";
import { parseProtocol } from "./protocols.ts";
import { Trainer } from "./trainer.ts";
import type { Protocol, TrainEvent, TrainingState } from "./types.ts";

/**
 * For batches that only one worker can take: a training alone would leave the others idle. Fixed, since bits depend on
 * it.
 */
const THREADS = 2;

export interface TrainOptions {
  readonly network: Network;
  /** Its augmentation must be settled: not `"auto"`. */
  readonly protocol: Protocol;
  /** Of the initial parameters, the order of images and the augmentation. Default 0. */
  readonly seed?: number;
  /** Names the same instead of `seed`: for several trainings of one seed. */
  readonly key?: Key | undefined;
  readonly resume?: TrainingState | undefined;
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
}

/** A running training: iterate it to its end, or break off and keep `state()`. */
export interface TrainRun extends AsyncIterable<TrainEvent> {
  /** A copy of the state after the last finished step. */
  state(): TrainingState;
}

/**
 * Trains a fresh network on `set` (SGD, the protocol's batches and schedule; mean cross-entropy). Everything random is
 * keyed by (seed, epoch, step): resumed from any state it ends with the same bytes as if it had never stopped, with any
 * number of workers.
 *
 * @throws DatadamError `INVALID_OPTION` for a protocol whose values are missing or out of range, `DIVERGED` where the
 * loss is no longer finite; `INVALID_RUN` where the state is not one of this network.
 */
export function train(set: Examples, options: TrainOptions): TrainRun {
  parseProtocol(options.protocol);
  return new Run(set, options);
}

class Run implements TrainRun {
  readonly #set: Examples;
  readonly #options: TrainOptions;
  #trainer: Trainer | undefined;
  #progress: Pick<TrainingState, "step" | "epochLoss" | "losses">;

  constructor(set: Examples, options: TrainOptions) {
    this.#set = set;
    this.#options = options;
    const { step = 0, epochLoss = 0, losses = [] } = options.resume ?? {};
    this.#progress = { step, epochLoss, losses };
  }

  state(): TrainingState {
    const { resume } = this.#options;
    if (this.#trainer === undefined && resume === undefined) throw new Error("train: no state yet; it has not begun");
    return { ...this.#progress, ...(this.#trainer?.state() ?? (resume as TrainingState)) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainEvent> {
    const { network, protocol, seed = 0, key: named, resume, signal } = this.#options;
    const engine = this.#options.engine ?? (await createEngine());
    try {
      const key = named ?? Key.fromSeed(seed).fold("train");
      const parameters = initialize(network, key.fold("network"));
      this.#trainer = new Trainer(network, parameters, engine, new Map(), THREADS);
      if (resume !== undefined) this.#trainer.restore(resume);
      for (let epoch = 0; epoch < protocol.epochs; epoch++) yield* this.#epoch(this.#trainer, epoch, key, signal);
    } finally {
      if (this.#options.engine === undefined) await engine.close();
    }
  }

  /** What is left of an epoch. */
  async *#epoch(
    trainer: Trainer,
    epoch: number,
    key: Key,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TrainEvent> {
    const { protocol } = this.#options;
    const steps = Math.ceil(this.#set.labels.length / protocol.batch);
    const from = this.#progress.step - epoch * steps;
    for await (const { index, loss, images } of epochSteps(trainer, this.#set, protocol, epoch, key, {
      from,
      signal,
    })) {
      const total = (index === 0 ? 0 : this.#progress.epochLoss) + loss * images;
      const mean = index + 1 === steps ? [total / this.#set.labels.length] : [];
      const losses = [...this.#progress.losses, ...mean];
      this.#progress = { step: epoch * steps + index + 1, epochLoss: total, losses };
      yield {
        step: this.#progress.step,
        steps: steps * protocol.epochs,
        epoch: epoch + 1,
        epochs: protocol.epochs,
        loss,
      };
    }
  }
}
