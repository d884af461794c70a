// Evaluations: what a set trains networks to, and what is refused.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type EvaluateProgress, evaluate } from "../../src/evaluate/index.ts";
import { prepare, prepareWith, randomSubset, type SyntheticSet } from "../../src/images/index.ts";
import { convnet } from "../../src/nn/index.ts";
import { type Protocol, protocols } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const test = patches({ seed: 9, perClass: 20 });
const brief: Protocol = { ...protocols.quick, name: "brief", epochs: 12, batch: 8 };
const options = { networks: 2, protocol: brief, width: 8, depth: 2, seed: 1 } as const;
let engine: Engine;
let set: SyntheticSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  set = randomSubset(await prepare(patches(), { zca: false }), 5, 0);
});
afterAll(() => engine.close());

describe("evaluate", () => {
  it("gives the same accuracies with one and two workers, far above chance on separable classes", async () => {
    const two = await evaluate(set, test, { ...options, engine });
    const one = await createEngine({ workers: 1 });
    try {
      expect((await evaluate(set, test, { ...options, engine: one })).accuracies).toEqual(two.accuracies);
    } finally {
      await one.close();
    }
    expect(two.mean).toBeGreaterThan(60);
    expect(two.mean).toBeCloseTo((two.accuracies[0] + two.accuracies[1]) / 2, 10);
    expect(two.std).toBeCloseTo(Math.abs(two.accuracies[0] - two.accuracies[1]) / Math.SQRT2, 10);
  });

  it("gives the best of tests along the way beside the last epoch, which they do not change", async () => {
    const plain = await evaluate(set, test, { ...options, engine });
    const told: [number, number, number?, ...unknown[]][] = [];
    const checked = await evaluate(set, test, {
      ...options,
      protocol: { ...brief, checks: 1 },
      engine,
      onNetwork: (...one) => told.push(one),
    });
    expect(plain).not.toHaveProperty("best");
    expect(checked.accuracies).toEqual(plain.accuracies);
    // The best of networks that are trained for fewer epochs at the same rates.
    const rates = { ...brief.schedule, kind: "every", epochs: 100, factor: 1 } as const;
    const at = async (epochs: number, checks?: number) =>
      evaluate(set, test, { ...options, protocol: { ...brief, epochs, schedule: rates, checks }, engine });
    const each = await Promise.all([1, 2, 3].map((epochs) => at(epochs)));
    const best = [0, 1].map((network) => Math.max(...each.map(({ accuracies }) => accuracies[network]!)));
    expect((await at(3, 1)).best!.accuracies).toEqual(best);
    expect(new Set(each.map(({ mean }) => mean)).size).toBeGreaterThan(1);
    expect(told.toSorted().map(([, , top]) => top)).toEqual(checked.best!.accuracies);
    await expect(evaluate(set, test, { ...options, protocol: { ...brief, checks: 0 }, engine })).rejects.toThrow(
      "checks must be a positive number of epochs, got 0",
    );
  });

  it("gives each network's answers by class, which add up to its accuracy", async () => {
    const uneven = { ...test, labels: test.labels.map((label, i) => (i < 5 ? 0 : label)) };
    const { accuracies, confusion, byClass } = await evaluate(set, uneven, { ...options, engine });
    const counts = [0, 1, 2].map((label) => [...uneven.labels].filter((other) => other === label).length);
    expect(confusion).toHaveLength(2);
    for (const [network, matrix] of confusion!.entries()) {
      expect(matrix.map((row) => row.reduce((total, count) => total + count, 0))).toEqual(counts);
      const correct = matrix.map((row, label) => row[label]!);
      expect((100 * (correct[0]! + correct[1]! + correct[2]!)) / uneven.count).toBeCloseTo(accuracies[network]!, 8);
      const shares = correct.map((count, label) => Number(((100 * count) / counts[label]!).toFixed(4)));
      expect(byClass![network]).toEqual(shares);
    }
  });

  it("is at chance where the labels mean nothing", async () => {
    const labels = set.labels.map((_, i) => (i * 7) % 3);
    const { mean } = await evaluate({ ...set, labels }, test, { ...options, engine });
    expect(mean).toBeLessThan(60);
  });

  it("evaluates batch norm with running statistics", async () => {
    const { mean, network } = await evaluate(set, test, { ...options, norm: "batch", engine });
    expect(network.norm).toBe("batch");
    expect(mean).toBeGreaterThan(60);
  });

  it("trains the network it is told, also one of the caller's own", async () => {
    const once = { networks: 1, protocol: { ...brief, epochs: 2 }, width: 4, engine };
    const { network } = await evaluate(set, test, { ...once, arch: "resnet10" });
    expect(network).toMatchObject({ name: "resnet10", width: 4, norm: "instance", size: 16, classes: 3 });
    const custom = await evaluate(set, test, {
      ...once,
      arch: (images) => ({ ...convnet({ ...images, depth: 1 }), name: "mine" }),
    });
    expect(custom.network).toMatchObject({ name: "mine", depth: 1 });
  });

  it("reports progress up to all of it", async () => {
    const told: EvaluateProgress[] = [];
    await evaluate(set, test, { ...options, engine, onProgress: (progress) => told.push(progress) });
    const training = told.filter(({ tested }) => tested === undefined);
    expect(training).toHaveLength(24);
    const done = told.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(1);
    // Testing is told as such: it begins at no image and ends at the last one.
    const tested = told.flatMap((progress) => progress.tested ?? []);
    expect([Math.min(...tested), Math.max(...tested), tested.length]).toEqual([
      0,
      test.count,
      2 * told.at(-1)!.networks,
    ]);
    expect(training.at(-1)!.done).toBeLessThan(1);
  });

  it.each(["none", "autoaugment", "randaugment", "imagenet"])("augments as DC-BENCH does: %s", async (augment) => {
    const protocol = { ...protocols[`dc-bench-${augment}` as "dc-bench-none"], epochs: 8, batch: 16 };
    expect(protocol).toMatchObject({ augment, norm: "instance", lr: 0.01 });
    const once = { ...options, protocol, networks: 1, engine };
    const { mean } = await evaluate(set, test, once);
    expect(mean).toBeGreaterThan(50);
    expect((await evaluate(set, test, once)).mean).toBe(mean);
  });

  it("augments no bytes of whitened images", async () => {
    const { preprocessing } = await prepare(patches({ size: 8 }), { zca: { eps: 0.1 } });
    const whitened = { ...set, preprocessing };
    await expect(evaluate(whitened, test, { protocol: "dc-bench-autoaugment", engine })).rejects.toThrow(
      "augmentation autoaugment works on pixels, and these are whitened (ZCA)",
    );
  });

  it("refuses a test set of other images or classes", async () => {
    await expect(evaluate(set, patches({ size: 8 }), options)).rejects.toThrow("the set holds images of 1 x 16 x 16");
    await expect(evaluate(set, patches({ classes: 4 }), options)).rejects.toThrow(
      "the set has the classes class 0, class 1",
    );
  });

  it.each([
    [{ images: new Float32Array(0), labels: new Uint16Array(0) }, "the set holds no images"],
    [{ images: new Float32Array(256) }, "the set holds 256 numbers and 15 labels, not 15 images of 1 x 16 x 16"],
    [{ labels: new Uint16Array(15).fill(3, 4) }, "the set gives image 4 the label 3, which is none of its 3 classes"],
    [{ softLabels: new Float32Array(3) }, "the set holds 3 soft labels, not 15 rows of 3 classes"],
  ])("refuses a set whose arrays do not fit each other: %#", async (wrong, message) => {
    await expect(evaluate({ ...set, ...wrong }, test, { ...options, engine })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message,
    });
  });

  it("refuses a test set without images", async () => {
    const none = { ...test, count: 0, labels: new Uint16Array(0) };
    await expect(evaluate(set, none, { ...options, engine })).rejects.toThrow("patches/train has no images to test on");
  });

  it("takes test images that are prepared as the set is, and refuses others", async () => {
    const once = { ...options, networks: 1, engine };
    const bytes = await evaluate(set, test, once);
    expect((await evaluate(set, await prepareWith(set.preprocessing, test), once)).mean).toBe(bytes.mean);
    for (const other of [
      await prepare(test, { zca: { eps: 0.1 } }),
      await prepareWith({ normalization: { mean: [0.1], std: [0.9] }, zca: undefined }, test),
    ]) {
      await expect(evaluate(set, other, once)).rejects.toMatchObject({
        code: "INVALID_DATA",
        message: "patches/train is prepared in another way than the set",
      });
    }
  });

  it("stops at an aborted signal", async () => {
    await expect(
      evaluate(set, test, { ...options, engine, signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
  });
});
