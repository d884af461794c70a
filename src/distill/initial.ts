// The images a distillation starts from.

import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import {
  assertSameImages,
  assertWholeSet,
  classMembers,
  downsample,
  expandSet,
  type PreparedSet,
  randomMembers,
  reprepare,
  type SyntheticSet,
} from "../images/index.ts";
import type { Arrays, Network } from "../nn/index.ts";
import type { Key, Stream } from "../random/index.ts";
import { selectIndices } from "../select/index.ts";
import { sizeOf } from "../tensor/size.ts";
import type { ResolvedCommon } from "./config/common.ts";
import { clamp, descentOf } from "./descend.ts";
import type { DistillState, RunOptions } from "./types.ts";

export interface InitialSources {
  readonly key: Key;
  /** Of the distillation: coresets are chosen by its features. */
  readonly network: Network;
  /** Its parameters for these features, of a family. Default: random ones. */
  readonly features?: (() => Promise<Arrays>) | undefined;
  readonly engine: Engine;
  readonly signal: AbortSignal | undefined;
  /** For `init: "set"`. */
  readonly initial: SyntheticSet | undefined;
  readonly onChoosing: RunOptions["onChoosing"];
}

/**
 * The state before the first iteration. Where the space is `pixels`, images are brought within [0, 1] first, such as
 * those of noise. Each class draws from its own stream, so that a shard starts as the whole does.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer images than `ipc`, or the given set does not fit.
 */
export async function initialState(
  set: PreparedSet,
  config: ResolvedCommon,
  classes: readonly number[],
  sources: InitialSources,
): Promise<DistillState> {
  const images =
    config.init === "noise"
      ? noise(set, config.ipc, classes, sources.key)
      : config.init === "set"
        ? await givenImages(set, config, classes, sources.initial)
        : downsample(set.read((await realIndices(set, config, classes, sources)).flat()), set.shape, config.factor);
  if (config.space === "pixels") clamp(images, descentOf(config, set));
  return {
    iteration: 0,
    classes: [...classes],
    images,
    momentum: new Float32Array(images.length),
    ...(config.averaging !== false && { average: images.slice() }),
  };
}

function noise(set: PreparedSet, ipc: number, classes: readonly number[], key: Key): Float32Array {
  const part = ipc * sizeOf(set.shape);
  const images = new Float32Array(classes.length * part);
  for (const [position, c] of classes.entries()) {
    key
      .fold("initial", c)
      .stream()
      .fillNormal(images.subarray(position * part, (position + 1) * part));
  }
  return images;
}

async function realIndices(
  set: PreparedSet,
  { init, ipc, factor }: ResolvedCommon,
  classes: readonly number[],
  { key, network, features, engine, signal, onChoosing }: InitialSources,
): Promise<number[][]> {
  const members = classMembers(set, ipc, classes);
  const each = ipc * factor ** 2;
  // Where there is nothing to choose, as for `real`.
  const many = init === "real" ? [] : classes.filter((c) => members[c].length > each);
  const chosen = new Map<number, number[]>();
  if (many.length > 0) {
    const method = init as Exclude<typeof init, "real" | "noise" | "set">;
    // Forgetting trains a network of its own, from the beginning.
    const parameters = method === "forgetting" ? undefined : await features?.();
    const options = { method, ipc, factor, features: network, parameters, classes: many, engine, signal };
    const indices = await selectIndices(set, { ...options, onProgress: onChoosing }, key.fold("initial"));
    for (const [i, c] of many.entries()) chosen.set(c, indices[i]);
  }
  return classes.map((c) => chosen.get(c) ?? drawn(members[c], each, key.fold("initial", c).stream()));
}

/** Each of them once before any is taken again. */
function drawn(members: Uint32Array, count: number, stream: Stream): number[] {
  const indices: number[] = [];
  while (indices.length < count) {
    indices.push(...randomMembers(members, Math.min(members.length, count - indices.length), stream));
  }
  return indices;
}

/**
 * The first `ipc` images of each class of a given set, in the space of `set`. Where its `factor` is another one, as
 * many of those that training sees as there is room for.
 */
async function givenImages(
  set: PreparedSet,
  { ipc, factor }: ResolvedCommon,
  classes: readonly number[],
  given: SyntheticSet | undefined,
): Promise<Float32Array> {
  if (given === undefined) {
    throw new DatadamError("INVALID_OPTION", "init set needs the set: none was given", {
      hint: "Give it as the option initial.",
    });
  }
  assertSameImages(given, "the initial set", set);
  assertWholeSet(given, "the initial set");
  const same = (given.factor ?? 1) === factor;
  const from = same ? given : expandSet(given);
  const parts = same ? 1 : factor;
  const each = ipc * parts ** 2;
  const members = classMembers({ ...from, name: "the initial set" }, each, classes, parts);
  const size = sizeOf(set.shape);
  const images = new Float32Array(classes.length * each * size);
  let at = 0;
  for (const c of classes) {
    for (const i of members[c].subarray(0, each)) {
      images.set(from.images.subarray(i * size, (i + 1) * size), at);
      at += size;
    }
  }
  return reprepare(downsample(images, set.shape, parts), set.shape, given.preprocessing, set.preprocessing);
}
