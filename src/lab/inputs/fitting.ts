// A training as jobs do it: gone on with from its newest checkpoint, with more of them on the way.

import type { Network } from "../../nn/index.ts";
import type { Key } from "../../random/index.ts";
import { type Examples, Trainer, train } from "../../train/index.ts";
import type { Protocol, TrainingState } from "../../train/types.ts";
import { type EventLog, openEventLog } from "../folder/eventLog.ts";
import type { Context } from "../types.ts";
import { decodeTraining, encodeTraining } from "./training.ts";

/** Checkpoints that are kept: each holds all parameters twice. */
export const KEPT_TRAININGS = 2;

export interface FittingOptions {
  readonly network: Network;
  /** Its augmentation settled. */
  readonly protocol: Protocol;
  /** One of the two: see `TrainOptions`. */
  readonly seed?: number;
  readonly key?: Key;
  /** Of all that the network depends on: checkpoints of another are refused. */
  readonly identity: string;
}

/** A network that is trained. */
export interface Fitted {
  readonly state: TrainingState;
  readonly trainer: Trainer;
  /** Open: the loss of each step is in it. */
  readonly log: EventLog;
  /** Of all processes together, up to now. */
  seconds(): number;
}

/** Trains a network to its end. Stopped, it rejects once its state is kept. */
export async function fitInFolder(
  context: Context,
  examples: Examples,
  { identity, ...options }: FittingOptions,
): Promise<Fitted> {
  const { folder, signal, warn, clock } = context;
  const states = folder.states();
  const found = await states.newest(identity, warn, { keep: KEPT_TRAININGS });
  const before = found === undefined ? 0 : (found.facts.seconds as number);
  const began = clock.now();
  const seconds = (): number => before + (clock.now() - began) / 1000;
  const log = await openEventLog(context, found?.number ?? -1);
  const engine = await context.engine();
  const training = train(examples, { ...options, resume: found && decodeTraining(found), engine });
  let saved = { step: found?.number ?? 0, time: began };
  const save = async (state: TrainingState): Promise<void> => {
    await log.flush();
    await states.save(state.step, encodeTraining(state, { seconds: seconds() }), identity, { keep: KEPT_TRAININGS });
    saved = { step: state.step, time: clock.now() };
    context.emit({ type: "checkpoint", number: state.step });
  };
  const every = context.checkpoint;
  const due = (step: number): boolean =>
    every.steps === undefined ? clock.now() - saved.time >= every.seconds * 1000 : step % every.steps === 0;
  for await (const { step, steps, epoch, epochs, loss } of training) {
    const detail = `epoch ${epoch}/${epochs}, loss ${loss.toPrecision(4)}`;
    context.progress({ stage: "training", done: step, total: steps, detail, data: { epoch, loss } });
    await log.scalars(step, { loss });
    if (due(step) || step === steps || signal.aborted) await save(training.state());
    if (step < steps) signal.throwIfAborted();
  }
  const state = training.state();
  const trainer = new Trainer(options.network, state.parameters, engine);
  trainer.restore(state);
  return { state, trainer, log, seconds };
}
