// The networks of a bank that are trained: with snapshots along the way, each resumed from a checkpoint of its own.

import type { ResolvedConfig } from "../../distill/config/index.ts";
import type { Engine } from "../../engine/types.ts";
import type { PreparedSet } from "../../images/index.ts";
import { type Arrays, initialize, type Network } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { train, trainingAccuracy } from "../../train/index.ts";
import { sha256 } from "../folder/hash.ts";
import type { Journal } from "../folder/journal.ts";
import { decodeTraining, encodeTraining } from "../inputs/training.ts";
import type { Context } from "../types.ts";
import { inLanes } from "./lanes.ts";
import { type BankRecord, bankId, snapshotFile, type Training } from "./record.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshots.ts";

/** A bank whose job has begun. */
export interface Begun {
  readonly record: BankRecord;
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly prepared: PreparedSet;
}

/** Trains the networks that are missing, as many at a time as there are workers. @returns seconds of one */
export async function trainNetworks(context: Context, begun: Begun, training: Training): Promise<number | null> {
  const { config } = begun;
  const { clock, signal } = context;
  const journal = await context.folder.journal();
  const began = clock.now();
  let taken = 0;
  const engine = await context.engine();
  const steps = Math.ceil(begun.prepared.count / training.protocol.batch) * training.epochs;
  const done = new Array<number>(config.networks).fill(0);
  const report = (number: number, step: number): void => {
    done[number - 1] = step;
    const all = done.reduce((sum, one) => sum + one, 0);
    context.progress({ stage: "training", done: all, total: steps * config.networks });
  };
  const numbers = Array.from({ length: config.networks }, (_, i) => i + 1);
  const trainNumber = async (number: number, stop: AbortSignal): Promise<void> => {
    const one = { number, engine, journal, signal: stop, report: (step: number) => report(number, step) };
    const steps = await trainOne(context, begun, training, one);
    taken += steps;
  };
  await inLanes(numbers, trainNumber, { concurrency: Math.max(1, engine.workers), signal });
  // Those of a process that died after its last step, too.
  await context.folder.storage.remove("checkpoints");
  return taken === 0 ? null : ((clock.now() - began) / 1000 / taken) * steps;
}

interface OneTraining {
  readonly number: number;
  readonly engine: Engine;
  /** Of snapshots. */
  readonly journal: Journal;
  /** Of this training and of those beside it. */
  readonly signal: AbortSignal;
  readonly report: (step: number) => void;
}

/** Notes the bytes of a file: from the first one on there is something to resume from. */
export async function noteFile(storage: Storage, journal: Journal, path: string): Promise<void> {
  if (journal.get(path) === undefined) await journal.add(path, (await storage.size(path)) ?? 0);
}

/** Whether a snapshot can be read; one that is damaged is told of. */
async function isThere(
  storage: Storage,
  network: Network,
  path: string,
  warn: (message: string) => void,
): Promise<boolean> {
  const bytes = await storage.read(path);
  if (bytes === undefined) return false;
  try {
    await decodeSnapshot(bytes, network, `${storage.name}/${path}`);
    return true;
  } catch (error) {
    warn(`${(error as Error).message}; it is made anew`);
    return false;
  }
}

/** @returns the steps that it took */
async function trainOne(
  context: Context,
  { record, network, prepared }: Begun,
  training: Training,
  { number, engine, journal, signal, report }: OneTraining,
): Promise<number> {
  const { folder, warn, clock } = context;
  const { protocol, epochs, snapshots } = training;
  const each = Math.ceil(prepared.count / protocol.batch);
  const stepOf = (epoch: number): number => Math.round(epoch * each);
  // By step, which several share where an epoch has few.
  const missing = new Map<number, readonly number[]>();
  for (const epoch of snapshots) {
    const path = snapshotFile(number, epoch);
    if (await isThere(folder.storage, network, path, warn)) {
      await noteFile(folder.storage, journal, path);
      continue;
    }
    missing.set(stepOf(epoch), [...(missing.get(stepOf(epoch)) ?? []), epoch]);
  }
  const checkpoints = `checkpoints/network-${number}`;
  if (missing.size === 0) {
    report(each * epochs);
    return 0;
  }
  const states = folder.states(checkpoints);
  const identity = await sha256(canonicalJson({ id: await bankId(record), number }));
  const found = await states.newest(identity, warn, { keep: 1 });
  // A snapshot that was lost is made again from the beginning.
  const lost = [...missing.keys()].some((step) => step < (found?.number ?? 0));
  const from = found === undefined || lost ? undefined : decodeTraining(found);
  const key = Key.fromSeed(record.seed).fold("bank", number);
  const run = train(prepared, { network, protocol, key, resume: from, engine });
  const measured = { set: prepared, key: Key.fromSeed(record.seed).fold("accuracy"), count: training.accuracyImages };
  const publish = async (step: number, parameters: Arrays, buffers: Arrays = {}): Promise<void> => {
    const accuracy = await trainingAccuracy(network, { ...parameters, ...buffers }, measured, engine);
    const bytes = await encodeSnapshot(record, network, parameters, accuracy);
    for (const epoch of missing.get(step) ?? []) {
      const path = snapshotFile(number, epoch);
      await folder.storage.write(path, bytes);
      await noteFile(folder.storage, journal, path);
    }
  };
  if (missing.has(0)) await publish(0, initialize(network, key.fold("network")));
  let saved = clock.now();
  let taken = 0;
  const { seconds, steps: every } = context.checkpoint;
  const due = (step: number): boolean =>
    every === undefined ? clock.now() - saved >= seconds * 1000 : step % every === 0;
  for await (const { step, steps } of run) {
    report(step);
    taken++;
    if (missing.has(step)) {
      const { parameters, buffers } = run.state();
      await publish(step, parameters, buffers);
    }
    if ((due(step) || signal.aborted) && step < steps) {
      const state = run.state();
      await states.save(state.step, encodeTraining(state), identity, { keep: 1 });
      saved = clock.now();
    }
    if (step < steps) signal.throwIfAborted();
  }
  await folder.storage.remove(checkpoints);
  return taken;
}
