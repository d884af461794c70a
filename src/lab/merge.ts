// Shards of classes put together: the result is what one run over all classes would have written, byte for byte.

import { concatFloats } from "../bytes.ts";
import type { DistillState } from "../distill/types.ts";
import { DatadamError } from "../errors.ts";
import type { SyntheticSet } from "../images/index.ts";
import { canonicalJson, encodeSyntheticSet, type RunRecord, SYNTHETIC_FILE } from "../run/portable.ts";
import type { ClaimOptions, Storage } from "../storage/index.ts";
import { type Folder, openFolder, readJobFile } from "./folder/folder.ts";
import { sha256 } from "./folder/hash.ts";
import { checkRecord, identityOf, readRunRecord } from "./folder/record.ts";
import { readNewest } from "./folder/states.ts";
import { stateOf, tensorsOf, withProvenance } from "./inputs/distilled.ts";
import { mergePictures } from "./inputs/pictures.ts";
import { keepPreprocessing, publishSet, readSet } from "./inputs/sets.ts";
import type { DistillJob } from "./kinds/distill/job.ts";

interface Shard {
  readonly storage: Storage;
  readonly name: string;
  readonly job: DistillJob | undefined;
  readonly record: RunRecord;
  readonly set: SyntheticSet;
  /** Undefined where the checkpoint is not of the set's iteration. */
  readonly state: DistillState | undefined;
}

/**
 * Merges finished shards into a new run that can be evaluated, exported and, where the shards have their last
 * checkpoints, resumed. The shards' metrics stay with them. Where a kill has
 * left a part of the same merge, it is gone on with; where all of it is there, nothing is done.
 *
 * @param shards runs over disjoint classes that together cover all, with equal configuration, data and iteration.
 * @param out where the new run goes.
 * @throws DatadamError INVALID_OPTION where the shards do not fit together, naming what differs and where; RUN_EXISTS
 */
export async function mergeRuns(
  shards: readonly Storage[],
  out: Storage,
  options: Pick<ClaimOptions, "owner" | "isAlive">,
): Promise<SyntheticSet> {
  if (shards.length === 0) throw new DatadamError("INVALID_OPTION", "No runs to merge");
  const read: Shard[] = [];
  for (const shard of shards) read.push(await readShard(shard));
  for (const shard of read.slice(1)) requireEqual(read[0]!, shard);
  const { job, record, set: first } = read[0]!;
  const order = classOrder(read);
  const { classes: _, execution: __, ...whole } = job ?? ({ kind: "select" } as unknown as DistillJob);
  const merged: RunRecord = { ...record, classes: null };
  const { ipc, iterations, averaging } = record.config;
  const iteration = Number(first.provenance.iteration);
  const gather = (pick: (shard: Shard) => Float32Array): Float32Array =>
    concatFloats(order.map(({ shard, at, length }) => pick(shard).subarray(at, at + length)));
  // As many numbers of a class in each shard, whatever they are.
  const gatherLabels = (pick: (shard: Shard) => Float32Array | undefined): Float32Array | undefined => {
    const parts = order.map(({ shard, at, length }) => {
      const all = pick(shard);
      const each = all && (all.length * length) / shard.set.images.length;
      return all?.subarray((at / length) * each!, (at / length + 1) * each!);
    });
    return parts.includes(undefined) ? undefined : concatFloats(parts as Float32Array[]);
  };

  const labels = Uint16Array.from(order.flatMap(({ label }) => new Array<number>(ipc).fill(label)));
  const images = gather((shard) => shard.set.images);
  const softLabels = gatherLabels((shard) => shard.set.softLabels);
  const set = withProvenance({ ...first, softLabels, labels, images }, merged, iteration, iterations);
  const folder = await openFolder(out, whole, { ...options, free: [] });
  try {
    if (folder.record !== undefined && !(await isHalfMerged(folder, merged, set))) {
      throw new DatadamError("RUN_EXISTS", `${out.name} already holds a run`, { hint: "Choose another folder." });
    }
    if (folder.record !== undefined && folder.finished !== undefined) return set;
    await keepPreprocessing(folder.storage, first.preprocessing);
    if (read.every((shard) => shard.state !== undefined)) {
      const learned = gatherLabels((shard) => shard.state!.softLabels);
      const state: DistillState = {
        iteration,
        classes: order.map(({ label }) => label),
        images: gather((shard) => shard.state!.images),
        momentum: gather((shard) => shard.state!.momentum),
        ...(averaging === false ? {} : { average: gather((shard) => shard.state!.average!) }),
        ...(learned && { softLabels: learned }),
      };
      await folder.states().save(iteration, tensorsOf(state, first.shape), await identityOf(merged));
    }
    const places = order.map(({ shard, at, length }) => ({ from: shard.storage, like: shard.set, row: at / length }));
    await mergePictures(folder.storage, set, places);
    // From here on it can be resumed, so that nothing is distilled anew. Merging again goes on, too.
    await folder.begin(merged);
    await publishSet(folder, set);
    if (iteration === iterations) {
      const method = record.selection?.method;
      await folder.finish({ images: labels.length, iteration, loss: null, seconds: 0, ...(method && { method }) });
    }
    return set;
  } catch (error) {
    await folder.abandon();
    throw error;
  } finally {
    await folder.release();
  }
}

/** Whether a folder holds this merge, whole or as a kill left it, and nothing that came after. */
async function isHalfMerged({ storage, record }: Folder, merged: RunRecord, set: SyntheticSet): Promise<boolean> {
  const there = checkRecord(record, storage.name);
  if ((await identityOf(there)) !== (await identityOf(merged))) return false;
  if (there.created !== merged.created || there.config.iterations !== merged.config.iterations) return false;
  const earlier = await storage.read(SYNTHETIC_FILE);
  return earlier === undefined || (await sha256(earlier)) === (await sha256(encodeSyntheticSet(set)));
}

async function readShard(storage: Storage): Promise<Shard> {
  const record = await readRunRecord(storage);
  const set = await readSet(storage);
  const job = (await readJobFile(storage)) as DistillJob | undefined;
  const latest = await readNewest(storage.at("checkpoints"), await identityOf(record));
  const state = latest?.number === set.provenance.iteration ? latest && stateOf(latest) : undefined;
  return { storage, name: storage.name, job, record, set, state };
}

function requireEqual(a: Shard, b: Shard): void {
  const differing = (what: string, x: unknown, y: unknown): void => {
    if (canonicalJson(x ?? null) === canonicalJson(y ?? null)) return;
    throw new DatadamError("INVALID_OPTION", `${a.name} and ${b.name} differ in ${what}: ${short(x)} and ${short(y)}`, {
      hint: "Shards of one run have the same configuration, data and iteration, and other classes.",
    });
  };
  const one: Readonly<Record<string, unknown>> = { ...a.record.config };
  const two: Readonly<Record<string, unknown>> = { ...b.record.config };
  differing("preset", a.record.preset, b.record.preset);
  for (const key of new Set([...Object.keys(one), ...Object.keys(two)]))
    if (key !== "iterations") differing(key, one[key], two[key]);
  differing("selection", a.record.selection, b.record.selection);
  differing("initial set", a.record.initial?.sha256, b.record.initial?.sha256);
  differing("data", a.record.dataset.fingerprint, b.record.dataset.fingerprint);
  differing("iteration", a.set.provenance.iteration, b.set.provenance.iteration);
  differing("iterations", one.iterations, two.iterations);
}

/** For each class, ascending: where its images lie. Checks that every class is there once. */
function classOrder(shards: readonly Shard[]): { label: number; shard: Shard; at: number; length: number }[] {
  const { dataset, config } = shards[0]!.record;
  const { classNames, shape } = dataset;
  const length = config.ipc * shape[0] * shape[1] * shape[2];
  const missing: number[] = [];
  const found = classNames.flatMap((_, label) => {
    const holders = shards.filter((shard) => shard.set.labels.includes(label));
    if (holders.length > 1) {
      const names = holders.map((shard) => shard.name).join(" and ");
      throw new DatadamError("INVALID_OPTION", `Class ${label} (${classNames[label]}) is in ${names}`);
    }
    const shard = holders[0];
    if (shard === undefined) {
      missing.push(label);
      return [];
    }
    return [{ label, shard, at: (shard.set.labels.indexOf(label) / config.ipc) * length, length }];
  });
  if (missing.length > 0) {
    const which = `${missing.length === 1 ? "class" : "classes"} ${missing.join(", ")}`;
    throw new DatadamError("INVALID_OPTION", `No shard has ${which}`, {
      hint: `Distil them with \`classes\` ${missing.join(",")} and merge again.`,
    });
  }
  return found;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 24 ? `${text.slice(0, 21)}...` : text;
}
