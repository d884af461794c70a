// Networks that are trained at each step: on what has come so far alone, and as a bank trains them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainedFamily, withRemembered } from "../../src/continual/encoders.ts";
import { condensedMemory, distiller, type Encoders, type KeptSet, methods } from "../../src/continual/index.ts";
import { parseConfig } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { expandImages, type PreparedSet, prepare } from "../../src/images/index.ts";
import { memory, openBank } from "../../src/lab/index.ts";
import { Key } from "../../src/random/index.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, tiny } from "../lab/support.ts";
import { patches } from "../support/sets.ts";

const key = Key.fromSeed(3);
const encoders: Encoders = { networks: 1, epochs: 1, snapshots: [0, 1], protocol: { ...protocols.encoder, batch: 8 } };
const config = {
  method: "datadam",
  iterations: 3,
  width: 4,
  depth: 1,
  batchReal: 4,
  zca: false,
  layers: [0],
  factor: 2,
  crossEntropy: 1,
  crossEntropyFrom: 0,
  init: "k-means",
  averaging: false,
} as const;
let engine: Engine;
let train: PreparedSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
  train = await prepare(patches({ classes: 5, size: 8, perClass: 8 }), { zca: false });
});
afterAll(() => engine.close());

describe("the images that encoders see", () => {
  it("are those of the step, and behind them what is remembered, each class as often", async () => {
    const images = train.read([8, 9, 10]).map((value, i) => value + i);
    const remembered = { images, labels: Uint16Array.of(3, 1, 3), factor: 2, seen: [3, 1] };
    const seen = withRemembered(train, remembered);
    expect(withRemembered(train, undefined)).toBe(train);
    expect(seen.classNames.slice(5)).toEqual(["remembered 3", "remembered 1"]);
    expect([seen.count, [...seen.labels]]).toEqual([56, [...train.labels, ...Array(8).fill(5), ...Array(8).fill(6)]]);
    const parts = expandImages(images, [1, 8, 8], 2);
    const part = (i: number): number[] => [...parts.slice(64 * i, 64 * (i + 1))];
    // Of class 3 the first and the last image, of class 1 the one between, four parts each, again and again.
    const order = [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 4, 5, 6, 7];
    const read = seen.read([40, 7, ...Array.from({ length: 15 }, (_, i) => 41 + i)]);
    expect([...read.slice(64, 128)]).toEqual([...train.read([7])]);
    const later = [...read.slice(0, 64), ...read.slice(128)];
    expect(later).toEqual(order.flatMap(part));
  });

  it("are never of classes that have not come, nor real ones of earlier steps", async () => {
    const reads: number[] = [];
    const read: PreparedSet["read"] = (indices, out) => {
      for (const index of Array.from(indices)) reads.push(train.labels[index]);
      return train.read(indices, out);
    };
    const sets = new Map<number, KeptSet>();
    const store = {
      get: (step: number) => sets.get(step),
      put: (step: number, set: KeptSet) => void sets.set(step, set),
    };
    const condense = distiller(config, encoders);
    const steps = [[4, 1], [0, 2], [3]];
    const options = { key, store, context: { engine } };
    const memoryAt = condensedMemory({ ...train, read }, steps, { perClass: 1 }, condense, options);
    for (const [step, classes] of steps.entries()) {
      reads.length = 0;
      const { labels, factor } = await memoryAt(step);
      expect([[...labels], factor]).toEqual([steps.slice(0, step + 1).flat(), 2]);
      expect(new Set(reads)).toEqual(new Set(classes));
    }
    // What earlier steps left decides: with other memories of them, the last set is another.
    const last = sets.get(2)!;
    sets.delete(2);
    const changed = sets.get(0)!;
    expect((await memoryAt(2)).images.slice(-64)).toEqual(last.images);
    sets.delete(2);
    sets.set(0, { ...changed, images: changed.images.map((value) => -value) });
    expect((await memoryAt(2)).images.slice(-64)).not.toEqual(last.images);
  });
});

describe("encoders", () => {
  it("are the snapshots of a bank of the same seed, with its statistics", async () => {
    const bank = memory();
    const method = { preset: "quick", width: 8, batchReal: 4, networks: 2, draws: 2 };
    const training = { epochs: 2, snapshots: [0, 1, 2], protocol: { batch: 8 } };
    const job = { kind: "bank", data: { dataset: "tiny" }, method, seed: 7, ...training, execution: { workers: 1 } };
    await drive(job as never, bank);
    const opened = await openBank(bank);
    const wanted = parseConfig({ ...{ width: 8, ipc: 1, zca: false, norm: "instance", seed: 7 } });
    const chosen = await opened.choose(wanted, null);
    const prepared = await prepare(tiny.train, { zca: false });
    const own = { networks: 2, epochs: 2, snapshots: [0, 1, 2], protocol: { ...protocols.encoder, batch: 8 } };
    const family = await trainedFamily(prepared, chosen.config, [0, 1, 2], own, { engine });
    expect(chosen.config).toMatchObject({ networks: 6, draws: 2 });
    for (let iteration = 1; iteration <= 12; iteration++) {
      const [ours, theirs] = [family.visit(iteration), chosen.family.visit(iteration)];
      expect(ours.parameters.values).toEqual(theirs.parameters.values);
      expect(ours.accuracy).toBeCloseTo(theirs.accuracy!, 6);
      expect(ours.augmentation(2)).toEqual(theirs.augmentation(2));
      expect(await ours.targets([2, 0])).toEqual(await theirs.targets([2, 0]));
    }
    expect(await family.features!()).toEqual(await chosen.family.features!());
  });

  it("give other sets than random networks, the same for the same key, and are none to dc", async () => {
    const [trained, random] = [distiller(config, encoders), distiller({ ...config, networks: 2 })];
    const shares: number[] = [];
    const context = { engine, onProgress: (share: number) => void shares.push(share) };
    const set = await trained(train, 1, key, context);
    expect((await trained(train, 1, key, { engine })).images).toEqual(set.images);
    expect((await random(train, 1, key, { engine })).images).not.toEqual(set.images);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    expect([shares.at(-1), shares.includes(0.5)]).toEqual([1, true]);
    await expect(distiller({ ...config, norm: "batch" }, encoders)(train, 1, key, { engine })).rejects.toThrow(
      "with batch norm a draw is one batch of all classes",
    );
    const few = { iterations: 1, outerLoops: 1, width: 4, depth: 1, batchReal: 4, zca: false } as const;
    const [one, other] = [methods(few).dc, methods(few, encoders).dc];
    expect((await other(train, 1, key, { engine })).images).toEqual((await one(train, 1, key, { engine })).images);
  });
});
