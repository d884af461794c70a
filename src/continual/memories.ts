// What is remembered at each step of the protocol.

import { takeClasses } from "../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import { ReplayMemory, type ReplayPolicy } from "./replay.ts";
import type { Condense, CondenseContext, Memory } from "./types.ts";

/** Images of every class, or of all classes together. */
export type Bound = { readonly perClass: number } | { readonly total: number };

/** Images a class while `classes` have been seen; never none. */
export function quota(bound: Bound, classes: number): number {
  return "perClass" in bound ? bound.perClass : Math.max(1, Math.floor(bound.total / classes));
}

/** Condensed sets that are kept from one process to the next. */
export interface SetStore {
  get(step: number): KeptSet | undefined | Promise<KeptSet | undefined>;
  put(step: number, set: KeptSet): void | Promise<void>;
}

/** What is kept of a condensed set. */
export type KeptSet = Pick<SyntheticSet, "images" | "labels" | "factor">;

/**
 * Condenses the classes of each step when they arrive, apart from all others, and remembers all. Under a total bound
 * what is remembered of earlier classes is cut to its first images as further classes come. Images are counted as they
 * are stored: with a `factor`, networks see several in each.
 *
 * @returns the memory after a step; asked for in any order, each set is condensed once.
 */
export function condensedMemory(
  train: PreparedSet,
  steps: readonly (readonly number[])[],
  bound: Bound,
  condense: Condense,
  { key, store, context }: { readonly key: Key; readonly store: SetStore; readonly context: CondenseContext },
): (step: number) => Promise<Memory> {
  const size = train.shape[0] * train.shape[1] * train.shape[2];
  const seenAt = (step: number): number[] => steps.slice(0, step + 1).flat();
  const setAt = async (step: number): Promise<KeptSet> => {
    const known = await store.get(step);
    if (known !== undefined) return known;
    const ipc = quota(bound, seenAt(step).length);
    const stepImages = takeClasses(train, steps[step]);
    const remembered = async (): Promise<Memory | undefined> => (step === 0 ? undefined : memoryAt(step - 1));
    const tools = { ...context, remembered };
    const { images, labels, factor = 1 } = await condense(stepImages, ipc, key.fold("condense", step), tools);
    const own = Uint16Array.from(labels, (label) => steps[step][label]);
    const set = { images, labels: own, ...(factor > 1 && { factor }) };
    await store.put(step, set);
    return set;
  };
  const memoryAt = async (step: number): Promise<Memory> => {
    const seen = seenAt(step);
    const most = quota(bound, seen.length);
    const [picked, labels]: [Float32Array[], number[]] = [[], []];
    const factors = new Set<number>();
    for (let earlier = 0; earlier <= step; earlier++) {
      const set = await setAt(earlier);
      factors.add(set.factor ?? 1);
      const counts = new Map<number, number>();
      for (const [i, label] of set.labels.entries()) {
        const count = counts.get(label) ?? 0;
        counts.set(label, count + 1);
        if (count >= most) continue;
        picked.push(set.images.subarray(i * size, (i + 1) * size));
        labels.push(label);
      }
    }
    const images = new Float32Array(picked.length * size);
    for (const [i, image] of picked.entries()) images.set(image, i * size);
    const [factor = 1, ...others] = factors;
    if (others.length > 0)
      throw new RangeError(`the sets of a memory have one factor, not ${[...factors].join(" and ")}`);
    return { images, labels: Uint16Array.from(labels), ...(factor > 1 && { factor }), seen };
  };
  return memoryAt;
}

/**
 * Observes images as they come, without steps or borders, and gives what is remembered at `points` equal distances
 * along the stream.
 *
 * @param order indices of images in the order of their coming.
 */
export function streamedMemory(
  train: PreparedSet,
  order: Uint32Array,
  points: number,
  { total, policy, seed }: { readonly total: number; readonly policy: ReplayPolicy; readonly seed: number },
): (point: number) => Promise<Memory> {
  return async (point) => {
    const memory = new ReplayMemory({ shape: train.shape, capacity: total, policy, seed });
    const end = Math.round(((point + 1) * order.length) / points);
    const seen = new Set<number>();
    for (let start = 0; start < end; start += 256) {
      const picks = order.subarray(start, Math.min(end, start + 256));
      const labels = Array.from(picks, (pick) => train.labels[pick]);
      for (const label of labels) seen.add(label);
      memory.observe(train.read(picks), labels);
    }
    const { images, labels } = memory.all();
    return { images, labels: Uint16Array.from(labels), seen: [...seen] };
  };
}
