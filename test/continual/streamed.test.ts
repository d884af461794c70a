// A network that learns a stream once, with a memory beside it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blurredStream, ReplayMemory, type StreamOptions, trainOnStream } from "../../src/continual/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare, randomSubset } from "../../src/images/index.ts";
import { convnet } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { patches } from "../support/sets.ts";

let engine: Engine;
let [train, test]: PreparedSet[] = [];
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  [train, test] = await Promise.all([1, 9].map((seed) => prepare(patches({ seed, perClass: 40 }), { zca: false })));
});
afterAll(() => engine.close());

const memory = (capacity = 15): ReplayMemory => new ReplayMemory({ shape: [1, 16, 16], capacity });
const options = (more: Partial<StreamOptions> = {}): StreamOptions => ({
  ...{ train: train!, test: test!, order: blurredStream(train!, 0, Key.fromSeed(0)), memory: memory(), engine },
  network: convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 }),
  ...{ batch: 8, points: 3, lr: 0.02, momentum: 0.9, weightDecay: 5e-4, key: Key.fromSeed(0) },
  ...more,
});

describe("trainOnStream", () => {
  it("tests at equal distances, the last time at the end, and learns each class as it comes", async () => {
    const done: number[] = [];
    const run = options({ onProgress: (share) => done.push(share) });
    const points = await trainOnStream(run);
    expect(points.map(({ images }) => images)).toEqual([40, 80, 120]);
    expect(done).toHaveLength(15);
    expect(done.at(-1)).toBe(1);
    // One class of three can be known after the first third.
    expect(points[0]!.accuracy).toBeLessThan(45);
    expect(points[2]!.accuracy).toBeGreaterThan(60);
    expect([...run.memory.counts.values()]).toEqual([5, 5, 5]);
    expect(run.memory.observed).toBe(120);
    expect(await trainOnStream(options())).toEqual(points);
  });

  it("keeps classes that do not come by what the memory held at first", async () => {
    const order = blurredStream(train!, 0, Key.fromSeed(0)).filter((index) => train!.labels[index] !== 0);
    const { images, labels } = randomSubset(train!, 5, 0);
    const filled = memory();
    filled.observe(images, labels);
    const [remembered] = await trainOnStream(options({ order, memory: filled, points: 1 }));
    const [lost] = await trainOnStream(options({ order, points: 1 }));
    expect(filled.all().images).toEqual(images);
    expect(lost!.accuracy).toBeLessThanOrEqual(67);
    expect(remembered!.accuracy).toBeGreaterThan(lost!.accuracy + 10);
  });

  it("says where it diverges", async () => {
    await expect(trainOnStream(options({ lr: 1e30 }))).rejects.toThrow(/^training diverged at step \d+ of the stream/);
  });
});
