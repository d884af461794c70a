// Shards of classes put together: the result is what one run over all classes would have written, byte for byte.

import { join } from "node:path";
import type { DistillState } from "../distill/types.ts";
import { DatadamError } from "../errors.ts";
import type { SyntheticSet } from "../images/types.ts";
import { canonicalJson } from "./canonical.ts";
import { readLatestCheckpoint } from "./checkpoints.ts";
import { configHash } from "./hash.ts";
import { createRun, readRecord } from "./run.ts";
import { readSyntheticSet } from "./synthetic.ts";
import type { RunRecord } from "./types.ts";

interface Shard {
  readonly directory: string;
  readonly record: RunRecord;
  readonly set: SyntheticSet;
  /** Undefined where the checkpoint is not of the set's iteration. */
  readonly state: DistillState | undefined;
}

/**
 * Merges finished shards into a new run that can be evaluated, exported and, where the shards have their last checkpoints,
 * resumed. The shards' metrics stay with them.
 *
 * @param directories runs over disjoint classes that together cover all, with equal configuration, data and iteration.
 * @param out folder of the new run.
 * @throws DatadamError INVALID_OPTION where the shards do not fit together, naming what differs and where.
 */
export function mergeRuns(directories: readonly string[], out: string): SyntheticSet {
  if (directories.length === 0) throw new DatadamError("INVALID_OPTION", "No runs to merge");
  const shards = directories.map(readShard);
  for (const shard of shards.slice(1)) requireEqual(shards[0]!, shard);
  const { record, set: first } = shards[0]!;
  const order = classOrder(shards);
  const merged: RunRecord = { ...record, classes: null };
  const iteration = Number(first.provenance.iteration);
  const gather = (pick: (shard: Shard) => Float32Array): Float32Array =>
    concatenate(order.map(({ shard, at, length }) => pick(shard).subarray(at, at + length)));

  const claim = createRun(out);
  try {
    const run = claim.begin(merged, first.preprocessing);
    if (shards.every((shard) => shard.state !== undefined)) {
      run.saveCheckpoint({
        iteration,
        classes: order.map(({ label }) => label),
        images: gather((shard) => shard.state!.images),
        momentum: gather((shard) => shard.state!.momentum),
        ...(record.config.averaging === false ? {} : { average: gather((shard) => shard.state!.average!) }),
      });
    }
    const labels = Uint16Array.from(order.flatMap(({ label }) => new Array<number>(record.config.ipc).fill(label)));
    return run.writeResult(
      { ...first, softLabels: undefined, labels, images: gather((shard) => shard.set.images) },
      iteration,
    );
  } catch (error) {
    claim.abandon();
    throw error;
  } finally {
    claim.release();
  }
}

function readShard(directory: string): Shard {
  const record = readRecord(directory);
  const set = readSyntheticSet(directory);
  const state = readLatestCheckpoint(join(directory, "checkpoints"), configHash(record));
  return { directory, record, set, state: state?.iteration === set.provenance.iteration ? state : undefined };
}

function requireEqual(a: Shard, b: Shard): void {
  const differing = (what: string, x: unknown, y: unknown): void => {
    if (canonicalJson(x) === canonicalJson(y)) return;
    throw new DatadamError(
      "INVALID_OPTION",
      `${a.directory} and ${b.directory} differ in ${what}: ${short(x)} and ${short(y)}`,
      {
        hint: "Shards of one run have the same configuration, data and iteration, and other classes.",
      },
    );
  };
  const [one, two] = [a.record.config as unknown, b.record.config as unknown] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  differing("preset", a.record.preset, b.record.preset);
  for (const key of Object.keys(one)) if (key !== "iterations") differing(key, one[key], two[key]);
  differing("selection", a.record.selection ?? null, b.record.selection ?? null);
  differing("initial set", a.record.initial?.sha256 ?? null, b.record.initial?.sha256 ?? null);
  differing("data", a.record.dataset.fingerprint, b.record.dataset.fingerprint);
  differing("iteration", a.set.provenance.iteration, b.set.provenance.iteration);
  differing("iterations", one.iterations, two.iterations);
}

/** For each class, ascending: where its images lie. Checks that every class is there once. */
function classOrder(shards: readonly Shard[]): { label: number; shard: Shard; at: number; length: number }[] {
  const { classNames, shape, config } = { ...shards[0]!.record.dataset, config: shards[0]!.record.config };
  const length = config.ipc * shape[0] * shape[1] * shape[2];
  const missing: number[] = [];
  const found = classNames.map((_, label) => {
    const holders = shards.filter((shard) => shard.set.labels.includes(label));
    if (holders.length > 1) {
      const names = holders.map((shard) => shard.directory).join(" and ");
      throw new DatadamError("INVALID_OPTION", `Class ${label} (${classNames[label]}) is in ${names}`);
    }
    const shard = holders[0];
    if (shard === undefined) {
      missing.push(label);
      return undefined;
    }
    return { label, shard, at: (shard.set.labels.indexOf(label) / config.ipc) * length, length };
  });
  if (missing.length > 0) {
    throw new DatadamError(
      "INVALID_OPTION",
      `No shard has ${missing.length === 1 ? "class" : "classes"} ${missing.join(", ")}`,
      {
        hint: `Distil them with --classes ${missing.join(",")} and merge again.`,
      },
    );
  }
  return found.filter((entry) => entry !== undefined);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 21)}...` : text;
}
