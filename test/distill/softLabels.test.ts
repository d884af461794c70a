// Labels that are learned with the images: against PyTorch, in the loop, and as they are kept.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bindParameters,
  type DistillOptions,
  distill,
  type Family,
  Matcher,
  parseConfig,
  resolveConfig,
} from "../../src/distill/index.ts";
import { attentionObjective } from "../../src/distill/matching/attentionObjective.ts";
import { learnLabels } from "../../src/distill/softLabels.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { areProbabilities, expandImages, expandImagesAdjoint, expandSet, prepare } from "../../src/images/index.ts";
import { type ConvNetOptions, convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { inSmallBatches } from "../support/engines.ts";
import { loadFixtures, relativeError } from "../support/fixtures.ts";
import { patches } from "../support/sets.ts";

type Loss = Parameters<typeof attentionObjective>[1];

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

describe("soft labels agree with PyTorch autograd", () => {
  for (const fixture of loadFixtures("labels")) {
    it(fixture.name, async () => {
      const config = fixture.json<Loss & { network: ConvNetOptions & { classes: number }; classes: number }>("config");
      const { classes, labelRate: rate = 0 } = config;
      const network = convnet(config.network);
      const small = inSmallBatches(engine);
      const matcher = new Matcher(attentionObjective(network, config, false), small.engine);
      const values = Object.entries(fixture.arrays("parameters.")).map(([name, { data }]) => [name, data]);
      const parameters = bindParameters(Object.fromEntries(values));
      const [real, images, rows] = ["real", "synthetic", "labels"].map((name) => fixture.array(name).data);
      const part = (all: Float32Array, c: number): Float32Array =>
        all.slice((c * all.length) / classes, ((c + 1) * all.length) / classes);
      const groups = network.usesBatchStatistics
        ? [[...Array(classes).keys()]]
        : [...Array(classes).keys()].map((c) => [c]);
      const each = (all: Float32Array, group: readonly number[]): Float32Array =>
        group.length > 1 ? all : part(all, group[0]);
      const matches = await Promise.all(
        groups.map(async (group) => {
          const targets = await matcher.targets(parameters, each(real, group), group);
          const labels = each(rows, group);
          return matcher.match(parameters, targets, each(images, group), group, { labels });
        }),
      );
      expect(small.ran.has("pullback")).toBe(fixture.name === "two-passes");
      const expected = fixture.json<{ crossEntropy: number }>("expected");
      expect(matches.reduce((sum, { distances }) => sum + distances.at(-1)!, 0)).toBeCloseTo(expected.crossEntropy, 5);
      const gradient = matches.flatMap((match) => [...match.gradient]);
      expect(relativeError(gradient, fixture.array("gradient").data)).toBeLessThan(1e-4);
      const probabilities = Float32Array.from(matches.flatMap((match) => [...match.probabilities!]));
      expect(relativeError(probabilities, fixture.array("probabilities").data)).toBeLessThan(1e-5);
      const learned = new Float32Array(rows.length);
      learnLabels(rows, probabilities, { rate, width: network.classes }, learned);
      expect(relativeError(learned, fixture.array("learned").data)).toBeLessThan(1e-5);
      expect(relativeError(rows, fixture.array("learned").data)).toBeGreaterThan(1e-3);
      // Hard ones are those of the images' classes, unless others are given.
      const targets = await matcher.targets(parameters, each(real, groups[0]), groups[0]);
      const match = (labels?: Float32Array) =>
        matcher.match(parameters, targets, each(images, groups[0]), groups[0], { labels });
      const count = images.length / classes / (images.length / fixture.array("synthetic").shape[0]);
      const hard = new Float32Array(groups[0].length * count * network.classes);
      for (let i = 0; i < groups[0].length * count; i++) hard[i * network.classes + Math.floor(i / count)] = 1;
      expect(await match()).toEqual(await match(hard));
    });
  }
});

describe("labels learned with the images", () => {
  const set = patches({ size: 12 });
  const few = {
    ...{ ipc: 2, factor: 2, iterations: 3, seed: 5, width: 8, depth: 1, zca: false, augment: "none", momentum: 0 },
    ...{ networks: 2, batchReal: 6, layers: [0], crossEntropy: 1, labelRate: 0.3, averaging: false as const },
  };
  const network = convnet({ channels: 1, size: 12, classes: 3, depth: 1, width: 8 });
  const parameters = [1, 2].map((seed) => {
    const stream = Key.fromSeed(seed).stream();
    const drawn = Object.entries(initialize(network, Key.fromSeed(seed)));
    return bindParameters(
      Object.fromEntries(drawn.map(([name, { data }]) => [name, data.map((value) => value + 0.5 * stream.normal())])),
    );
  });
  const objective = (): Matcher => {
    const { config } = { config: resolveConfig(parseConfig(few), { name: "x", shape: [1, 12, 12] }) };
    return new Matcher(attentionObjective(network, config as unknown as Loss, false), engine);
  };
  const familyOf = async (accuracies: readonly number[] = [1, 1]): Promise<Family> => {
    const prepared = await prepare(set, { zca: false });
    const real = prepared.read([0, 1, 2, 3, 4, 5]);
    const matcher = objective();
    return {
      trained: true,
      visit: (iteration) => ({
        parameters: parameters[(iteration - 1) % 2],
        accuracy: accuracies[(iteration - 1) % 2],
        augmentation: () => ({ count: undefined, height: 12, width: 12, steps: [] }),
        targets: async (labels) => {
          const one = await matcher.targets(parameters[(iteration - 1) % 2], real, [0]);
          return Object.fromEntries(
            Object.entries(one).map(([name, row]) => [name, Float32Array.from(labels.flatMap(() => [...row]))]),
          );
        },
      }),
    };
  };
  const run = async (options: Partial<DistillOptions> = {}, accuracies?: readonly number[]) =>
    distill(set, { ...few, family: await familyOf(accuracies), engine, ...options } as DistillOptions);

  it("begin hard, go towards what each visited network says, and are what the images are pulled to", async () => {
    const family = await familyOf();
    const start = await run({ iterations: 0 });
    await start.result;
    let { images } = start.state();
    const labels = Array.from({ length: 24 }, (_, i) => [0, 1, 2].map((c) => Number(c === Math.floor(i / 8))));
    expect([...start.state().softLabels!]).toEqual(labels.flat());
    const matcher = objective();
    for (let iteration = 1; iteration <= 3; iteration++) {
      const visit = family.visit(iteration);
      const moved = images.slice();
      for (let c = 0; c < 3; c++) {
        const seen = expandImages(images.slice(c * 288, (c + 1) * 288), [1, 12, 12], 2);
        const own = Float32Array.from(labels.slice(8 * c, 8 * c + 8).flat());
        const match = await matcher.match(visit.parameters, await visit.targets([c]), seen, [c], { labels: own });
        const gradient = expandImagesAdjoint(match.gradient, [1, 12, 12], 2);
        for (let i = 0; i < 288; i++) moved[c * 288 + i] = images[c * 288 + i] - gradient[i];
        for (let i = 0; i < 24; i++) {
          const [row, k] = [8 * c + Math.floor(i / 3), i % 3];
          labels[row][k] = 0.7 * labels[row][k] + 0.3 * match.probabilities![i];
        }
      }
      images = moved;
      const there = await run({ iterations: iteration });
      const { softLabels } = await there.result;
      expect(relativeError(softLabels!, labels.flat())).toBeLessThan(1e-6);
      expect(relativeError(there.state().images, images)).toBeLessThan(1e-6);
    }
    const hard = await (await run({ labelRate: 0 })).result;
    expect(hard.softLabels).toBeUndefined();
    expect(relativeError(hard.images, images)).toBeGreaterThan(1e-4);
    const { softLabels, ...rest } = await (await run()).result;
    expect(areProbabilities(softLabels!, 3)).toBe(true);
    expect(expandSet({ ...rest, softLabels }).softLabels).toEqual(softLabels);
  });

  it("stay where a network is too poor to count", async () => {
    const poor = (await run({ crossEntropyFrom: 0.5, iterations: 2 }, [0.6, 0.4])).result;
    const one = (await run({ crossEntropyFrom: 0.5, iterations: 1 }, [0.6, 0.4])).result;
    expect((await poor).softLabels).toEqual((await one).softLabels);
    expect((await poor).images).not.toEqual((await one).images);
    const none = (await run({ crossEntropyFrom: 0.5 }, [0.4, 0.4])).result;
    expect(new Set((await none).softLabels)).toEqual(new Set([0, 1]));
  });

  it("are the same resumed, in shards, with one worker, and under batch norm of all classes", async () => {
    const whole = await (await run()).result;
    const first = await run({ iterations: 2 });
    await first.result;
    const resumed = await (await run({ resume: first.state() })).result;
    expect([resumed.softLabels, resumed.images]).toEqual([whole.softLabels, whole.images]);
    const shard = await (await run({ classes: [1, 2] })).result;
    expect(shard.softLabels).toEqual(whole.softLabels!.slice(24));
    const one = await createEngine({ workers: 1 });
    const alone = await (await run({ engine: one })).result.finally(() => one.close());
    expect([alone.softLabels, alone.images]).toEqual([whole.softLabels, whole.images]);
    const { softLabels: _, ...without } = first.state();
    await expect((await run({ resume: without })).result).rejects.toThrow("has no soft labels; labelRate 0.3 needs 72");
    await expect((await run({ resume: first.state(), labelRate: 0 })).result).rejects.toThrow(
      "has 72 numbers of soft labels; labelRate 0 needs none",
    );
    const together = await distill(set, { ...few, layers: [0], norm: "batch", engine }).result;
    expect(areProbabilities(together.softLabels!, 3)).toBe(true);
    expect(together.softLabels!.some((value) => value > 0 && value < 1)).toBe(true);
  });

  it("need the cross-entropy, and leave no trace where they are hard", () => {
    const facts = { name: "x", shape: [1, 12, 12] } as const;
    expect(() => resolveConfig(parseConfig({ labelRate: 0.1 }), facts)).toThrow(
      "labelRate: labels are learned through the cross-entropy, whose weight is 0",
    );
    expect(() => parseConfig({ labelRate: 1.1 })).toThrow("labelRate");
    expect(resolveConfig(parseConfig({ crossEntropy: 1 }), facts)).toMatchObject({ labelRate: undefined });
    expect(resolveConfig(parseConfig(few), facts)).toMatchObject({ labelRate: 0.3 });
  });

  it("keep the sum 1 however long they are learned", () => {
    const labels = Float32Array.of(1, 0, 0);
    const stream = Key.fromSeed(1).stream();
    for (let step = 0; step < 20000; step++) {
      const [a, b] = [stream.uniform() / 2, stream.uniform() / 2];
      learnLabels(labels, Float32Array.of(a, b, 1 - a - b), { rate: 0.001, width: 3 }, labels);
    }
    expect(Math.abs(labels[0] + labels[1] + labels[2] - 1)).toBeLessThan(2e-7);
    expect(labels[0]).toBeCloseTo(0.25, 1);
  });
});
