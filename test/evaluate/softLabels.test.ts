import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { evaluate, withSoftLabels } from "../../src/evaluate/index.ts";
import { areProbabilities, prepare, randomSubset, type SyntheticSet, softmaxRows } from "../../src/images/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { networkOutputs, protocols, Trainer } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
const sgd = { lr: 0.01, momentum: 0, weightDecay: 0 };
let engine: Engine;
let set: SyntheticSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  set = randomSubset(await prepare(patches(), { zca: false }), 4, 0);
});
afterAll(() => engine.close());

const fresh = (): Trainer => new Trainer(network, initialize(network, Key.fromSeed(3)), engine);
const oneHot = (label: (i: number) => number): Float32Array =>
  Float32Array.from({ length: 36 }, (_, at) => (label(Math.floor(at / 3)) === at % 3 ? 1 : 0));

describe("training on soft labels", () => {
  it("is training on hard labels where they are certain", async () => {
    const [hard, soft] = [fresh(), fresh()];
    const loss = await hard.step(set.images, set.labels, sgd);
    expect(
      await soft.step(
        set.images,
        set.labels,
        sgd,
        oneHot((i) => set.labels[i]),
      ),
    ).toBe(loss);
    expect(soft.parameters).toEqual(hard.parameters);
  });

  it("has the loss and the step of the labels' mixture", async () => {
    const weights = [0.2, 0.3, 0.5];
    const start = fresh().parameters;
    const change = (trainer: Trainer): Record<string, Float32Array> =>
      Object.fromEntries(
        Object.entries(trainer.parameters).map(([name, p]) => [name, p.map((x, i) => x - start[name][i])]),
      );
    const runs = await Promise.all(
      weights.map(async (_, c) => {
        const trainer = fresh();
        const loss = await trainer.step(set.images, new Array<number>(12).fill(c), sgd);
        return { loss, change: change(trainer) };
      }),
    );
    const mixed = fresh();
    const soft = Float32Array.from({ length: 36 }, (_, i) => weights[i % 3]);
    const loss = await mixed.step(set.images, set.labels, sgd, soft);
    expect(loss).toBeCloseTo(
      runs.reduce((sum, classRun, c) => sum + weights[c] * classRun.loss, 0),
      5,
    );
    for (const [name, step] of Object.entries(change(mixed))) {
      const expected = step.map((_, i) =>
        runs.reduce((sum, classRun, c) => sum + weights[c] * classRun.change[name][i], 0),
      );
      expect(Math.max(...step.map((x, i) => Math.abs(x - expected[i])))).toBeLessThan(1e-6);
    }
  });
});

describe("soft labels of a teacher", () => {
  const parameters = initialize(network, Key.fromSeed(9));
  it("are the softmax of its logits over the temperature", async () => {
    const { data } = await networkOutputs({
      network,
      parameters,
      what: "logits",
      engine,
      count: 12,
      read: (start, length) => set.images.slice(start * 256, (start + length) * 256),
    });
    for (const temperature of [1, 4]) {
      const { softLabels } = await withSoftLabels(set, { network, parameters, temperature, engine });
      expect(areProbabilities(softLabels!, 3)).toBe(true);
      const ratio = Math.log(softLabels![0] / softLabels![1]) * temperature;
      expect(ratio).toBeCloseTo(data[0] - data[1], 4);
    }
  });

  it("are used only where that is asked for, and then change what is learned", async () => {
    const brief = { ...protocols.quick, name: "brief", epochs: 6, batch: 8 };
    const options = { networks: 1, protocol: brief, width: 8, depth: 2, engine } as const;
    // Soft labels that say the next class: who learns them is wrong on what is tested.
    const wrong = { ...set, softLabels: oneHot((i) => (set.labels[i] + 1) % 3) };
    const test = patches({ seed: 9 });
    const hard = await evaluate(wrong, test, options);
    const soft = await evaluate(wrong, test, { ...options, softLabels: true });
    expect(hard.accuracies).toEqual((await evaluate(set, test, options)).accuracies);
    expect(soft.mean).toBeLessThan(hard.mean - 20);
    await expect(evaluate(set, test, { ...options, softLabels: true })).rejects.toThrow(
      "softLabels: the set carries none",
    );
  });

  it("says what is wrong", async () => {
    const other = convnet({ channels: 1, size: 16, classes: 4, depth: 2, width: 8 });
    await expect(withSoftLabels(set, { network, parameters, temperature: 0, engine })).rejects.toThrow(
      "temperature must be above 0, got 0",
    );
    await expect(withSoftLabels(set, { network: other, parameters, engine })).rejects.toThrow(
      "the teacher is for 4 classes of 1 x 16 x 16, the set has 3 classes of 1 x 16 x 16",
    );
  });
});

it("softmax does not overflow, and rows are told from probabilities", () => {
  expect(Array.from(softmaxRows([1000, 1000, -1000], 3))).toEqual([0.5, 0.5, 0]);
  expect(areProbabilities(Float32Array.of(0.5, 0.5, 1, 0), 2)).toBe(true);
  expect(areProbabilities(Float32Array.of(0.5, 0.6), 2)).toBe(false);
  expect(areProbabilities(Float32Array.of(-0.5, 1.5), 2)).toBe(false);
  expect(areProbabilities(Float32Array.of(Number.NaN, 1), 2)).toBe(false);
});
