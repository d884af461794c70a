// Trained networks for the distillation of a step: they have seen the classes so far, and nothing of later ones.

import pMap from "p-map";
import { concatFloats } from "../bytes.ts";
import { networkOf, type ResolvedConfig } from "../distill/config/index.ts";
import { bindParameters, type Family, family, methods, realSide, type Targets } from "../distill/index.ts";
import type { Binding, Engine } from "../engine/types.ts";
import { expandImages } from "../images/index.ts";
import type { PreparedSet } from "../images/types.ts";
import { type Arrays, initialize } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { resolveProtocol, train, trainingAccuracy } from "../train/index.ts";
import type { Protocol } from "../train/types.ts";
import type { Memory } from "./types.ts";

/** Training images on which the accuracy of a snapshot is measured. */
const ACCURACY_IMAGES = 1000;

/** How networks are trained at each step. */
export interface Encoders {
  /** Networks that are trained. */
  readonly networks: number;
  /** Of the training of each. */
  readonly epochs: number;
  /** Epochs after which a network is kept, ascending; 0 is its beginning. */
  readonly snapshots: readonly number[];
  readonly protocol: Protocol;
}

interface Tools {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Share of the training, in [0, 1]. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * The images of a step, and behind its classes those that are remembered of earlier ones: each such class counts as
 * often as a class of the step does on average, by taking its images again and again.
 */
export function withRemembered(set: PreparedSet, memory: Memory | undefined): PreparedSet {
  if (memory === undefined) return set;
  const { shape, count } = set;
  const { factor = 1, seen } = memory;
  const images = expandImages(memory.images, shape, factor);
  const size = shape[0] * shape[1] * shape[2];
  const each = Math.max(1, Math.round(count / set.classNames.length));
  const places = seen.map((c) =>
    Array.from({ length: images.length / size }, (_, i) => i).filter((i) => {
      return memory.labels[Math.floor(i / factor ** 2)] === c;
    }),
  );
  const labels = new Uint16Array(count + seen.length * each);
  labels.set(set.labels);
  for (const j of seen.keys()) labels.fill(set.classNames.length + j, count + j * each, count + (j + 1) * each);
  const read: PreparedSet["read"] = (indices, out = new Float32Array(indices.length * size)) => {
    for (let i = 0; i < indices.length; i++) {
      const into = out.subarray(i * size, (i + 1) * size);
      const later = indices[i] - count;
      if (later < 0) set.read([indices[i]], into);
      else {
        const own = places[Math.floor(later / each)];
        const place = own[(later % each) % own.length];
        into.set(images.subarray(place * size, (place + 1) * size));
      }
    }
    return out;
  };
  const classNames = [...set.classNames, ...seen.map((c) => `remembered ${c}`)];
  return { ...set, count: labels.length, labels, classNames, read };
}

/**
 * Trains networks on a set, and makes a family of their snapshots. What the real images of some classes give in each is
 * computed when it is first visited.
 *
 * @param config its `networks` are the snapshots in all; its `seed` names networks, batches and augmentations.
 * @param classes those that are distilled.
 */
export async function trainedFamily(
  set: PreparedSet,
  config: ResolvedConfig,
  classes: readonly number[],
  encoders: Encoders,
  tools: Tools,
): Promise<Family> {
  const { engine } = tools;
  const network = networkOf(config, set);
  const snapshots = await trainSnapshots(set, config, encoders, tools);
  const method = methods[config.method];
  const side = await realSide(set, { method, config, network, trained: true }, engine, classes);
  const bindings = new Map<number, Binding>();
  const known = new Map<string, Promise<Targets>>();
  return family(set.shape, config, {
    trained: true,
    features: async () => snapshots[encoders.snapshots.length - 1].parameters,
    parameters: (number) => valuesOf(snapshots[number - 1].parameters),
    accuracy: (number) => snapshots[number - 1].accuracy,
    async targets(place, labels) {
      const binding = bindings.get(place.number) ?? bindParameters(valuesOf(snapshots[place.number - 1].parameters));
      bindings.set(place.number, binding);
      const parts = await Promise.all(
        labels.map((label) => {
          const key = `${place.number} ${place.draw} ${label}`;
          const targets = known.get(key) ?? side.targets(place, binding, classes.indexOf(label));
          known.set(key, targets);
          return targets;
        }),
      );
      return Object.fromEntries(
        Object.keys(parts[0]).map((name) => [name, concatFloats(parts.map((part) => part[name]))]),
      );
    },
  });
}

interface Snapshot {
  readonly parameters: Arrays;
  /** On some training images, 0 to 1. */
  readonly accuracy: number;
}

/** Those of the first network first, each from its beginning on. */
async function trainSnapshots(
  set: PreparedSet,
  config: ResolvedConfig,
  { networks, epochs, snapshots, protocol }: Encoders,
  { engine, signal, onProgress }: Tools,
): Promise<Snapshot[]> {
  const network = networkOf(config, set);
  const settled = resolveProtocol({ ...protocol, epochs }, set.flippable);
  const key = Key.fromSeed(config.seed);
  const each = Math.ceil(set.count / settled.batch);
  const measured = { set, key: key.fold("accuracy"), count: ACCURACY_IMAGES };
  const done = new Array<number>(networks).fill(0);
  const trainOne = async (_: unknown, index: number): Promise<Snapshot[]> => {
    const own = key.fold("bank", index + 1);
    const kept = new Map<number, Snapshot>();
    const keep = async (step: number, parameters: Arrays): Promise<void> => {
      kept.set(step, { parameters, accuracy: await trainingAccuracy(network, parameters, measured, engine) });
    };
    const wanted = snapshots.map((epoch) => Math.round(epoch * each));
    if (wanted.includes(0)) await keep(0, initialize(network, own.fold("network")));
    const run = train(set, { network, protocol: settled, key: own, engine, signal });
    for await (const { step, steps } of run) {
      if (wanted.includes(step)) await keep(step, run.state().parameters);
      done[index] = step / steps;
      onProgress?.(done.reduce((sum, share) => sum + share, 0) / networks);
    }
    return wanted.map((step) => kept.get(step)!);
  };
  const all = await pMap(Array(networks).keys(), trainOne, { concurrency: Math.max(1, engine.workers) });
  return all.flat();
}

function valuesOf(parameters: Arrays): Binding["values"] {
  return Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [name, data]));
}
