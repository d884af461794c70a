import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answer,
  blurredStream,
  type Condense,
  classSteps,
  condensedMemory,
  continualMetrics,
  methods,
  quota,
  type SetStore,
  selector,
  streamedMemory,
} from "../../src/continual/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { expandImages, type PreparedSet, prepare, randomSubset } from "../../src/images/index.ts";
import { convnet } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { select } from "../../src/select/index.ts";
import { protocols } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const key = Key.fromSeed(0);
let engine: Engine;
let train: PreparedSet;
let test: PreparedSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
  train = await prepare(patches({ classes: 4, size: 8, perClass: 8 }), { zca: false });
  test = await prepare(patches({ classes: 4, size: 8, perClass: 6, seed: 5 }), { zca: false });
});
afterAll(() => engine.close());

function memoryStore(): SetStore & { sets: Map<number, unknown> } {
  const sets = new Map();
  return { sets, get: (step) => sets.get(step), put: (step, set) => void sets.set(step, set) };
}

describe("orders", () => {
  it("cut every class into one step, as evenly as it goes, by key", () => {
    const steps = classSteps(10, 4, key);
    expect(steps.map((step) => step.length)).toEqual([3, 3, 2, 2]);
    expect(steps.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(classSteps(10, 4, key)).toEqual(steps);
    expect(classSteps(10, 4, key.fold(1))).not.toEqual(steps);
    expect(() => classSteps(3, 4, key)).toThrow("3 classes cannot come in 4 steps");
  });

  it("let classes follow each other without blur, and mix with it", () => {
    const changes = (blur: number): number => {
      const labels = Array.from(blurredStream(train, blur, key), (index) => train.labels[index]);
      expect(Array.from(blurredStream(train, blur, key)).sort((a, b) => a - b)).toEqual([...train.labels.keys()]);
      return labels.filter((label, i) => i > 0 && label !== labels[i - 1]).length;
    };
    expect(changes(0)).toBe(3);
    expect(changes(0.3)).toBeGreaterThan(3);
    expect(changes(100)).toBeGreaterThan(15);
  });
});

describe("condensed memories", () => {
  const steps = [[3, 1], [0], [2]];

  it("condense the classes of a step alone and keep the data set's labels", async () => {
    const requested: unknown[] = [];
    const watching: Condense = (set, ipc, condenseKey, context) => {
      requested.push([set.classNames, ipc, set.count]);
      return selector(randomSubset)(set, ipc, condenseKey, context);
    };
    const store = memoryStore();
    const memoryAt = condensedMemory(train, steps, { perClass: 2 }, watching, { key, store, context: { engine } });
    const memory = await memoryAt(1);
    expect(requested).toEqual([
      [["class 3", "class 1"], 2, 16],
      [["class 0"], 2, 8],
    ]);
    expect([...memory.labels]).toEqual([3, 3, 1, 1, 0, 0]);
    expect(memory.seen).toEqual([3, 1, 0]);
    const real = new Map(Array.from({ length: train.count }, (_, i) => [train.read([i]).join(), train.labels[i]]));
    for (const [i, label] of memory.labels.entries()) {
      expect(real.get(memory.images.subarray(64 * i, 64 * (i + 1)).join())).toBe(label);
    }
    // What is there is not condensed again.
    await condensedMemory(train, steps, { perClass: 2 }, watching, { key, store, context: { engine } })(2);
    expect(requested).toHaveLength(3);
  });

  it("share a bounded total: earlier classes are cut to their first images", async () => {
    expect([1, 2, 3, 4].map((classes) => quota({ total: 6 }, classes))).toEqual([6, 3, 2, 1]);
    const memoryAt = condensedMemory(train, steps, { total: 6 }, selector(randomSubset), {
      key,
      store: memoryStore(),
      context: { engine },
    });
    const memories = [await memoryAt(0), await memoryAt(1), await memoryAt(2)];
    expect(memories.map(({ labels }) => [...labels])).toEqual([
      [3, 3, 3, 1, 1, 1],
      [3, 3, 1, 1, 0, 0],
      [3, 1, 0, 2],
    ]);
    expect(memories[1].images.subarray(0, 128)).toEqual(memories[0].images.subarray(0, 128));
  });

  it("take a distiller: other images than real ones, the same for the same key", async () => {
    const condense = methods({ iterations: 2, width: 4, depth: 1, batchReal: 4, lrImg: 0.1, zca: false }).datadam;
    const done: number[] = [];
    const context = { engine, onProgress: (share: number) => void done.push(share) };
    const memory = (memoryKey: Key): ReturnType<ReturnType<typeof condensedMemory>> =>
      condensedMemory(train, steps, { perClass: 2 }, condense, { key: memoryKey, store: memoryStore(), context })(0);
    const { images, labels } = await memory(key);
    expect([...labels]).toEqual([3, 3, 1, 1]);
    expect(done).toEqual([0.5, 1]);
    const real = new Set(Array.from({ length: train.count }, (_, i) => train.read([i]).join()));
    expect(real.has(images.subarray(0, 64).join())).toBe(false);
    expect((await memory(key)).images).toEqual(images);
    expect((await memory(key.fold(1))).images).not.toEqual(images);
  });
});

describe("images in images", () => {
  const config = { iterations: 1, width: 4, depth: 1, batchReal: 4, zca: false, factor: 2 } as const;

  it("are remembered as they are stored, and learned from as networks see them", async () => {
    const options = { key, store: memoryStore(), context: { engine } };
    const memoryAt = condensedMemory(train, [[2, 0], [3]], { total: 4 }, methods(config).dm, options);
    const [first, second] = [await memoryAt(0), await memoryAt(1)];
    expect([first.factor, [...first.labels], first.images.length]).toEqual([2, [2, 2, 0, 0], 4 * 64]);
    expect([second.factor, [...second.labels]]).toEqual([2, [2, 0, 3]]);
    expect(second.images.subarray(64, 128)).toEqual(first.images.subarray(128, 192));
    const again = condensedMemory(train, [[2, 0], [3]], { total: 4 }, methods(config).dm, options);
    expect(await again(1)).toEqual(second);
    const shared = { test, key, engine, protocol: { ...protocols.quick, epochs: 2, augment: "none" } };
    const network = (classes: number) => convnet({ channels: 1, size: 8, classes, depth: 1, width: 4 });
    const whole = {
      images: expandImages(second.images, [1, 8, 8], 2),
      labels: Uint16Array.from([2, 2, 2, 2, 0, 0, 0, 0, 3, 3, 3, 3]),
      seen: second.seen,
    };
    const wanted = await answer(whole, { ...shared, network });
    expect(await answer(second, { ...shared, network })).toEqual(wanted);
    expect(await answer({ ...second, factor: 1 }, { ...shared, network })).not.toEqual(wanted);
  });

  it("are of one factor in a memory", async () => {
    const condense: Condense = async (set, ipc) =>
      select(set, { method: "random", ipc, factor: set.classNames.length, engine });
    const options = { key, store: memoryStore(), context: { engine } };
    const memoryAt = condensedMemory(train, [[0, 1], [2]], { perClass: 1 }, condense, options);
    expect((await memoryAt(0)).factor).toBe(2);
    await expect(memoryAt(1)).rejects.toThrow("the sets of a memory have one factor, not 2 and 1");
  });
});

describe("methods", () => {
  it.each(["dm", "dc", "dsa"])("take %s from the distillation, with images of its own", async (name) => {
    const config = {
      iterations: 1,
      outerLoops: 1,
      width: 4,
      depth: 1,
      batchReal: 4,
      zca: false,
      init: "real",
    } as const;
    const known = methods(config);
    const { images, labels } = await known[name](train, 2, key, { engine });
    expect([...labels]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(images.every(Number.isFinite)).toBe(true);
    expect(images).not.toEqual((await known.datadam(train, 2, key, { engine })).images);
  });
});

describe("streamed memories", () => {
  it("know the classes that have come so far, and hold no more than they may", async () => {
    const order = blurredStream(train, 0, key);
    const memoryAt = streamedMemory(train, order, 4, { total: 6, policy: "balanced", seed: 0 });
    for (let point = 0; point < 4; point++) {
      const { labels, seen } = await memoryAt(point);
      expect(seen).toHaveLength(point + 1);
      expect(labels.length).toBe(6);
      expect(new Set(labels)).toEqual(new Set(seen));
      expect(seen[0]).toBe(train.labels[order[0]]);
    }
  });
});

describe("answer", () => {
  it("trains on the memory with labels by order of coming, and counts by class", async () => {
    const memoryAt = condensedMemory(
      train,
      [
        [3, 1],
        [0, 2],
      ],
      { perClass: 6 },
      selector(randomSubset),
      {
        key,
        store: memoryStore(),
        context: { engine },
      },
    );
    const options = {
      test,
      network: (classes: number) => convnet({ channels: 1, size: 8, classes, depth: 1, width: 8 }),
      protocol: { ...protocols.quick, epochs: 15, batch: 6, lr: 0.05, augment: "none" },
      key,
      engine,
    };
    const first = await answer(await memoryAt(0), options);
    expect([first.seen, first.total]).toEqual([
      [3, 1],
      [6, 6],
    ]);
    const both = await answer(await memoryAt(1), options);
    expect([both.seen, both.total]).toEqual([
      [3, 1, 0, 2],
      [6, 6, 6, 6],
    ]);
    // The patches of the classes lie apart: chance would be 12 and 6.
    expect(first.correct[0] + first.correct[1]).toBeGreaterThan(8);
    expect(both.correct.reduce((a, b) => a + b, 0)).toBeGreaterThan(12);
    expect(await answer(await memoryAt(1), options)).toEqual(both);
  });
});

describe("continualMetrics", () => {
  it("counts accuracy on what was seen, and what tasks have lost", () => {
    const metrics = continualMetrics([
      { seen: [2, 0], correct: [8, 6], total: [10, 10] },
      { seen: [2, 0, 1], correct: [9, 7, 15], total: [10, 10, 20] },
      { seen: [2, 0, 1, 3], correct: [5, 5, 16, 4], total: [10, 10, 20, 5] },
    ]);
    expect(metrics.accuracies).toEqual([70, 77.5, (100 * 30) / 45]);
    expect(metrics.final).toBe((100 * 30) / 45);
    expect(metrics.average).toBeCloseTo((70 + 77.5 + 66.6667) / 3, 3);
    // Classes 2 and 0: best 80 after the second step, now 50; class 1: 75, now 80.
    expect(metrics.forgetting).toBeCloseTo((30 - 5) / 2, 12);
  });

  it("knows no forgetting after one step, nor of points where nothing new came", () => {
    const one = { seen: [0], correct: [3], total: [4] };
    expect(continualMetrics([one])).toMatchObject({ final: 75, forgetting: null });
    expect(continualMetrics([one, one, one]).forgetting).toBe(0);
  });
});
