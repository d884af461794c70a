import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare, randomSubset } from "../../src/images/index.ts";
import { buildNetwork, convnet, initialize, type Network } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { SELECT_METHODS, type SelectOptions, select, selectIndices } from "../../src/select/index.ts";
import { networkOutputs } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

let engine: Engine;
let one: Engine;
let set: PreparedSet;
const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
beforeAll(async () => {
  [engine, one] = await Promise.all([createEngine({ workers: 2 }), createEngine({ workers: 1 })]);
  set = await prepare(patches(), { zca: false });
});
afterAll(() => Promise.all([engine.close(), one.close()]));

const options = (more: Partial<SelectOptions> = {}): SelectOptions => ({
  method: "k-means",
  ipc: 3,
  features: network,
  epochs: 2,
  engine,
  ...more,
});
const indices = (more: Partial<SelectOptions>, seed = 0): Promise<number[][]> =>
  selectIndices(set, options(more), Key.fromSeed(seed));

describe("select", () => {
  it.each(SELECT_METHODS)("%s: distinct images of each class, the same with one and two workers", async (method) => {
    const chosen = await indices({ method });
    expect(chosen.map((picks) => new Set(picks).size)).toEqual([3, 3, 3]);
    for (const [c, picks] of chosen.entries()) expect(picks.every((i) => set.labels[i] === c)).toBe(true);
    expect(await indices({ method, engine: one })).toEqual(chosen);
  });

  it.each(SELECT_METHODS)("%s: a class's images do not depend on the other classes of a shard", async (method) => {
    const whole = await indices({ method });
    expect(await indices({ method, classes: [2] })).toEqual([whole[2]]);
    expect(await indices({ method, classes: [0, 1] })).toEqual(whole.slice(0, 2));
  });

  it("depends on the seed where it draws, by a random network or a start", async () => {
    const drawn = await Promise.all([0, 1, 2].map((seed) => indices({ ipc: 4 }, seed)));
    expect(new Set(drawn.map((picks) => JSON.stringify(picks))).size).toBeGreaterThan(1);
    const pixels = { method: "herding", features: "pixels" } as const;
    expect(await indices(pixels, 1)).toEqual(await indices(pixels, 0));
  });

  it("gives a set that says where it comes from, with the images as they are", async () => {
    const coreset = await select(set, options({ method: "herding" }));
    const chosen = (await indices({ method: "herding" })).flat();
    expect(coreset.images).toEqual(set.read(chosen));
    expect(Array.from(coreset.labels)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect(coreset.provenance).toEqual({
      method: "herding",
      dataset: "patches/train",
      ipc: 3,
      seed: 0,
      features: "convnet",
      featuresNetwork: { depth: 2, width: 8, norm: "instance", activation: "relu", pooling: "average" },
    });
    const forgetting = await select(set, options({ method: "forgetting", epochs: 1, features: "lenet" }));
    expect(forgetting.provenance).toMatchObject({ features: "lenet", epochs: 1 });
  });

  it("with a factor, makes each image of chosen ones, shrunk, and says so", async () => {
    for (const method of ["random", "k-means"] as const) {
      const coreset = await select(set, options({ method, ipc: 2, factor: 2 }));
      const chosen = (await indices({ method, ipc: 8 })).flat();
      expect([coreset.factor, Array.from(coreset.labels)]).toEqual([2, [0, 0, 1, 1, 2, 2]]);
      expect(coreset.provenance).toMatchObject({ method, ipc: 2, factor: 2 });
      const [image, tile, y, x] = [3, 2, 5, 1];
      const whole = set.read([chosen[4 * image + tile]]);
      const [top, left] = [2 * y * 16 + 2 * x, (2 * y + 1) * 16 + 2 * x];
      const mean = (whole[top] + whole[top + 1] + whole[left] + whole[left + 1]) / 4;
      expect(coreset.images[image * 256 + (8 + y) * 16 + x]).toBe(Math.fround(mean));
      const part = await select(set, options({ method, ipc: 2, factor: 2, classes: [1] }));
      expect(part.images).toEqual(coreset.images.slice(512, 1024));
    }
    await expect(select(set, options({ factor: 3 }))).rejects.toThrow("factor: ");
    await expect(select(set, options({ factor: 0 }))).rejects.toThrow("factor must be a positive integer, got 0");
    await expect(select(set, options({ ipc: 6, factor: 2 }))).rejects.toThrow("fewer than ipc 6 at factor 2 takes");
  });

  it.each(["lenet", "alexnet"] as const)("compares the features of a network by its name: %s", async (features) => {
    const named = await indices({ method: "herding", features });
    const built = buildNetwork(features, { channels: 1, size: 16, classes: 3 });
    expect(named).toEqual(await indices({ method: "herding", features: built }));
    const parameters = initialize(built, Key.fromSeed(0).fold("features"));
    const members = Uint32Array.from(set.labels.keys()).filter((i) => set.labels[i] === 2);
    const { data, width } = await networkOutputs({
      ...{ network: built, parameters, what: "features", engine, count: members.length },
      read: (start, length) => set.read(members.subarray(start, start + length)),
    });
    const means = Array.from({ length: width }, (_, j) =>
      members.reduce((sum, __, i) => sum + data[i * width + j] / members.length, 0),
    );
    const error = Array.from(members, (_, i) => means.reduce((sum, m, j) => sum + (data[i * width + j] - m) ** 2, 0));
    expect(named[2][0]).toBe(members[error.indexOf(Math.min(...error))]);
  });

  it("takes bytes as they are, and random is the random row of an evaluation", async () => {
    const random = await select(patches(), options({ method: "random", seed: 5 }));
    const row = randomSubset(set, 3, 5);
    expect(random.images).toEqual(row.images);
  });

  it("chooses by the features of the parameters that are given", async () => {
    const parameters = initialize(network, Key.fromSeed(77));
    const { data, width } = await networkOutputs({
      network,
      parameters,
      what: "features",
      engine,
      count: set.count,
      read: (start, length) => set.read(Array.from({ length }, (_, i) => start + i)),
    });
    const members = [...set.labels.keys()].filter((i) => set.labels[i] === 1);
    const mean = Float64Array.from(
      { length: width },
      (_, j) => members.reduce((sum, i) => sum + data[i * width + j], 0) / members.length,
    );
    const error = (i: number): number => mean.reduce((sum, m, j) => sum + (data[i * width + j] - m) ** 2, 0);
    const nearest = members.reduce((a, b) => (error(b) < error(a) ? b : a));
    const [chosen] = await indices({ method: "herding", parameters, classes: [1], ipc: 1 });
    expect(chosen).toEqual([nearest]);
  });

  it("sees batch norm with running statistics", async () => {
    const batch: Network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8, norm: "batch" });
    expect((await indices({ features: batch, method: "k-center" })).flat()).toHaveLength(9);
  });

  it("reports what it does up to all of it", async () => {
    const stages = new Map<string, number>();
    await indices({ onProgress: ({ stage, done }) => stages.set(stage, done) });
    expect(Object.fromEntries(stages)).toEqual({ features: 1, choosing: 1 });
  });

  it("says what is wrong, and what helps", async () => {
    const failure = async (more: object): Promise<unknown> => {
      const { message, hint } = (await indices(more).catch((error: unknown) => error)) as {
        message: string;
        hint: string;
      };
      return [message, hint];
    };
    expect(await failure({ ipc: 13 })).toEqual([
      'class "class 0" of patches/train has 12 images, fewer than ipc 13',
      "Use ipc 12 or less.",
    ]);
    expect(await failure({ method: "best" })).toEqual([
      'unknown method of selection "best"',
      "Known: random, herding, k-center, k-means, forgetting.",
    ]);
    expect(await failure({ ipc: 0 })).toEqual(["ipc must be a positive integer, got 0", undefined]);
    expect(await failure({ classes: [3] })).toEqual([
      "classes: 3 is not a class of patches/train",
      "There are classes 0 to 2; name some of them, each once.",
    ]);
    expect(await failure({ classes: [1, 1] })).toMatchObject(["classes: 1 comes twice", {}]);
    expect(await failure({ classes: [] })).toMatchObject(["classes: none", {}]);
    expect(await failure({ method: "forgetting", features: "pixels" })).toEqual([
      "forgetting trains a network: it does not go with features of pixels",
      "Leave the features out, or name a network.",
    ]);
    expect(await failure({ features: "resnet19" })).toEqual([
      'unknown network "resnet19"',
      expect.stringContaining("resnet18"),
    ]);
    expect((await failure({ features: "vgg11" })) as unknown[]).toEqual([
      "vgg11: 16 x 16 images are too small for it; it needs 28 px or more, or use another network",
      undefined,
    ]);
    const parameters = { "features.0.weight": { shape: [8, 1, 3, 3], data: new Float32Array(72) } };
    expect(await failure({ parameters })).toEqual([expect.stringContaining("classifier.bias is missing"), undefined]);
  });
});
