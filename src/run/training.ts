// The directory of a training on a whole set: record, checkpoints, parameters, result.

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.ts";
import type { Protocol, TrainingState } from "../train/types.ts";
import { canonicalJson } from "./canonical.ts";
import { readIfThere, readJson, sweepPartial, writeAtomic } from "./files.ts";
import { checksum } from "./hash.ts";
import { acquireLock, type Release } from "./lock.ts";
import { PARAMETERS_FILE, PARAMETERS_FORMAT } from "./parameters.ts";
import { readNewestState, writeState } from "./states.ts";
import type { RunDataset } from "./types.ts";

const RECORD_FORMAT = "datadam-training/1";
const STATE_FORMAT = "datadam-training-state/1";
/** Parts of a state, each a group of tensors by name. */
const PARTS = ["parameters", "buffers", "momentum"] as const;

/** `config.json`. */
export interface TrainingRecord {
  readonly format: "datadam-training/1";
  readonly seed: number;
  /** `name`, and the options it is built again with. */
  readonly network: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly protocol: Protocol;
  readonly zca: false | { readonly eps: number };
  readonly dataset: RunDataset;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly created: string;
}

/** A training that this process may write, until `close`. */
export interface TrainingFolder {
  readonly directory: string;
  readonly record: TrainingRecord;
  /** @param seconds of work so far. */
  saveState(state: TrainingState, seconds: number): void;
  latestState(warn?: (message: string) => void): { state: TrainingState; seconds: number } | undefined;
  /** Writes `parameters.safetensors` (parameters and running statistics by `state_dict` name) and `result.json`. */
  writeResult(state: TrainingState, result: Readonly<Record<string, unknown>>): void;
  close(): void;
}

/** Begins a training in a folder whose lock this process holds. */
export function beginTraining(directory: string, record: TrainingRecord, release: Release): TrainingFolder {
  writeAtomic(join(directory, "config.json"), `${JSON.stringify(record, undefined, 2)}\n`);
  return writable(directory, record, release);
}

/** Opens a training to go on with it, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export function openTraining(directory: string): TrainingFolder {
  const folder = resolve(directory);
  readTrainingRecord(folder);
  const release = acquireLock(folder);
  try {
    sweepPartial(folder);
    sweepPartial(join(folder, "checkpoints"));
    return writable(folder, readTrainingRecord(folder), release);
  } catch (error) {
    release();
    throw error;
  }
}

/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export function readTrainingRecord(directory: string): TrainingRecord {
  const path = join(directory, "config.json");
  const record = readJson(path) as Partial<TrainingRecord> | undefined;
  if (record === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No training in ${directory}: there is no config.json`, {
      hint: "Start one with: datadam train --out DIR",
    });
  }
  const { format, network, protocol, dataset } = record ?? {};
  const whole = typeof network?.name === "string" && typeof protocol?.epochs === "number";
  if (format !== RECORD_FORMAT || !whole || typeof dataset?.fingerprint !== "string") {
    throw new DatadamError("INVALID_RUN", `${path} is not the record of a training`, {
      hint: "Runs of datadam distill go on with: datadam distill --resume RUN",
    });
  }
  return record as TrainingRecord;
}

function writable(directory: string, record: TrainingRecord, release: Release): TrainingFolder {
  const checkpoints = join(directory, "checkpoints");
  const hash = recordHash(record);
  return {
    directory,
    record,
    saveState: (state, seconds) => writeState(checkpoints, state.step, encodeState(state, seconds, hash), 2),
    latestState: (warn) => readNewestState(checkpoints, hash, readState, warn),
    writeResult(state, result) {
      const tensors = Object.fromEntries(
        Object.entries({ ...state.parameters, ...state.buffers }).map(([name, { shape, data }]) => [
          name,
          { dtype: "F32" as const, shape: [...shape], data },
        ]),
      );
      const facts = { format: PARAMETERS_FORMAT, network: canonicalJson(record.network) };
      writeAtomic(join(directory, PARAMETERS_FILE), encodeSafetensors(tensors, facts));
      writeAtomic(join(directory, "result.json"), `${JSON.stringify(result, undefined, 2)}\n`);
    },
    close: release,
  };
}

/** What decides a training's numbers. */
function recordHash({ seed, network, protocol, zca, dataset }: TrainingRecord): string {
  const facts = { seed, network, protocol, zca, data: dataset.fingerprint };
  return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}

function encodeState(state: TrainingState, seconds: number, config: string): Uint8Array {
  const { step, epochLoss, losses } = state;
  const progress = JSON.stringify({ step, epochLoss, losses, seconds });
  const tensors = PARTS.flatMap((part) =>
    Object.entries(state[part]).map(([name, { shape, data }]) => [`${part}/${name}`, shape, data] as const),
  );
  const sum = checksum(progress, config, ...tensors.flatMap(([name, , data]) => [name, data]));
  return encodeSafetensors(
    Object.fromEntries(tensors.map(([name, shape, data]) => [name, { dtype: "F32", shape: [...shape], data }])),
    { format: STATE_FORMAT, progress, config, checksum: sum },
  );
}

function readState(
  path: string,
  number: number,
): { state: { state: TrainingState; seconds: number }; config: string } | string {
  try {
    const bytes = readIfThere(path);
    if (bytes === undefined) return "it is gone";
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { format, progress = "", config = "", checksum: expected } = metadata;
    if (format !== STATE_FORMAT) return `its format is ${format}`;
    const parts: Record<string, Record<string, { shape: readonly number[]; data: Float32Array }>> = {};
    const summed: (string | Float32Array)[] = [];
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      if (!(data instanceof Float32Array)) return `${name} is not float32`;
      const slash = name.indexOf("/");
      const part = name.slice(0, slash);
      parts[part] = { ...parts[part], [name.slice(slash + 1)]: { shape, data } };
      summed.push(name, data);
    }
    if (checksum(progress, config, ...summed) !== expected) return "its checksum does not match";
    const { seconds, ...done } = JSON.parse(progress) as Omit<TrainingState, (typeof PARTS)[number]> & {
      seconds: number;
    };
    if (done.step !== number) return "its metadata is not its own";
    const { parameters = {}, buffers = {}, momentum = {} } = parts;
    return { state: { state: { ...done, parameters, buffers, momentum }, seconds }, config };
  } catch (error) {
    if (error instanceof DatadamError && error.code === "IO") throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
