// What a distillation starts from: noise, real images, coresets, a given set.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill, type Family, INITIALISERS } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare, takeImages } from "../../src/images/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { type SelectProgress, select, selectIndices } from "../../src/select/index.ts";
import { patches } from "../support/sets.ts";

const coresets = INITIALISERS.filter((name) => name !== "noise" && name !== "set");
let engine: Engine;
let set: PreparedSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  set = await prepare(patches(), { zca: false });
});
afterAll(() => engine.close());

const size = 256;
const small = { ipc: 2, width: 8, depth: 2, batchReal: 6, seed: 4 } as const;
const start = async (more: Partial<DistillOptions>): Promise<Float32Array> =>
  (await distill(set, { ...small, iterations: 0, engine, ...more }).result).images;
const equals = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i]);

/** The real images at half their size or less: the mean of each square of pixels. */
function shrunk(factor: number): Float32Array[] {
  const side = 16 / factor;
  return Array.from({ length: set.count }, (_, i) => {
    const image = set.read([i]);
    return Float32Array.from({ length: side * side }, (__, at) => {
      const [y, x] = [factor * Math.floor(at / side), factor * (at % side)];
      let sum = 0;
      for (let dy = 0; dy < factor; dy++) for (let dx = 0; dx < factor; dx++) sum += image[(y + dy) * 16 + x + dx];
      return sum / factor ** 2;
    });
  });
}

/** The parts of the images of each class, row by row. */
function partsOf(images: Float32Array, factor: number): Float32Array[][] {
  const side = 16 / factor;
  const partOf = (image: number, tile: number): Float32Array =>
    Float32Array.from({ length: side * side }, (_, at) => {
      const y = Math.floor(tile / factor) * side + Math.floor(at / side);
      return images[image * size + y * 16 + (tile % factor) * side + (at % side)];
    });
  return [0, 1, 2].map((c) =>
    [0, 1].flatMap((i) => Array.from({ length: factor ** 2 }, (_, tile) => partOf(2 * c + i, tile))),
  );
}

describe("init", () => {
  it.each(coresets)("%s: real images of each class, and a shard starts as the whole does", async (init) => {
    const whole = await start({ init });
    for (let i = 0; i < 6; i++) {
      const image = whole.subarray(i * size, (i + 1) * size);
      const source = Array.from({ length: set.count }, (_, j) => j).filter((j) => equals(image, set.read([j])));
      expect(source.map((j) => set.labels[j])).toEqual([Math.floor(i / 2)]);
    }
    expect(await start({ init, classes: [1] })).toEqual(whole.slice(2 * size, 4 * size));
  });

  it("real with a factor is `mix`: each part a random real image of the class, shrunk by means over squares", async () => {
    const means = shrunk(2);
    const mixed = await start({ init: "real", factor: 2 });
    for (const [c, parts] of partsOf(mixed, 2).entries()) {
      const found = parts.map((part) => means.findIndex((mean) => equals(part, mean)));
      expect(found.map((i) => set.labels[i])).toEqual(new Array(8).fill(c));
      expect(new Set(found).size).toBe(8);
    }
    expect(await start({ init: "real", factor: 2, seed: 5 })).not.toEqual(mixed);
    expect(await start({ init: "real", factor: 2, classes: [1] })).toEqual(mixed.slice(2 * size, 4 * size));
  });

  it("compares the features of a family's most trained network, also under a factor and in shards", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    const parameters = initialize(network, Key.fromSeed(77));
    let asked = 0;
    const family: Family = {
      features: async () => {
        asked++;
        return parameters;
      },
      visit: () => {
        throw new Error("nothing is visited");
      },
    };
    const means = shrunk(2);
    for (const init of ["herding", "k-center", "k-means"] as const) {
      const key = Key.fromSeed(small.seed).fold("initial");
      const chosen = await selectIndices(set, { method: init, ipc: 8, features: network, parameters, engine }, key);
      const images = await start({ init, factor: 2, networks: 1, family });
      const parts = partsOf(images, 2).map((of) => of.map((part) => means.findIndex((mean) => equals(part, mean))));
      expect(parts).toEqual(chosen);
      expect(images).not.toEqual(await start({ init, factor: 2, networks: 1 }));
      expect(await start({ init, factor: 2, networks: 1, family, classes: [2] })).toEqual(images.slice(4 * size));
    }
    expect(asked).toBe(6);
    // Of nothing else.
    for (const options of [{ init: "forgetting" }, { init: "real" }, { init: "k-means", networks: 0 }] as const) {
      expect(await start({ networks: 1, family, ...options })).toEqual(await start({ networks: 1, ...options }));
    }
    expect(asked).toBe(6);
  });

  it("takes all images of a class that has no more than are needed, and chooses among those of others", async () => {
    // Class 1 keeps five images: an image of two by two takes four of them, two images eight.
    const few = new Set([...set.labels.keys()].filter((i) => set.labels[i] === 1).slice(5));
    const kept = [...set.labels.keys()].filter((i) => !few.has(i));
    const part = takeImages(set, kept);
    const options = { ...small, factor: 2, iterations: 0, engine } as const;
    const means = shrunk(2);
    for (const init of ["k-means", "herding", "forgetting"] as const) {
      const stages = new Set<string>();
      const onChoosing = ({ stage }: SelectProgress): unknown => stages.add(stage);
      const { images } = await distill(part, { ...options, init, onChoosing }).result;
      const of = partsOf(images, 2).map((parts) => parts.map((one) => means.findIndex((mean) => equals(one, mean))));
      expect(new Set(of[1]).size, init).toBe(5);
      expect(of[1]!.every((i) => set.labels[i] === 1)).toBe(true);
      expect(of[0]).toHaveLength(8);
      const whole = await distill(set, { ...options, init }).result;
      const same = images.slice(0, 2 * size);
      if (init !== "forgetting") expect(same).toEqual(whole.images.slice(0, 2 * size));
      expect([...stages].sort()).toEqual(init === "forgetting" ? ["training"] : ["choosing", "features"]);
    }
    const random = (await distill(part, options).result).images;
    const chosen = (await distill(part, { ...options, init: "k-means" }).result).images;
    expect(chosen.slice(2 * size, 4 * size)).toEqual(random.slice(2 * size, 4 * size));
  });

  it("gives the same images after iterations in shards as in one run", async () => {
    const options = { ...small, init: "k-means", iterations: 2, engine } as const;
    const whole = (await distill(set, options).result).images;
    const shard = (await distill(set, { ...options, classes: [2] }).result).images;
    expect(shard).toEqual(whole.slice(4 * size));
  });

  it("takes the first images of each class of a given set", async () => {
    const initial = await select(set, { method: "random", ipc: 3, seed: 8 });
    const images = await start({ init: "set", initial });
    for (let c = 0; c < 3; c++) {
      const first = initial.images.slice(3 * c * size, (3 * c + 2) * size);
      expect(images.slice(2 * c * size, 2 * (c + 1) * size)).toEqual(first);
    }
    expect(await start({ init: "set", initial, classes: [1] })).toEqual(images.slice(2 * size, 4 * size));
  });

  it("brings a given set into the space of the run: other statistics, whitened or not", async () => {
    const tiny = patches({ size: 8, classes: 2, perClass: 40 });
    const white = await prepare(tiny, { zca: { eps: 0.1 } });
    const other = await prepare({ ...tiny, normalization: { mean: [0.1], std: [0.7] } }, { zca: false });
    const pick = { method: "random", ipc: 2 } as const;
    const [whitened, plain] = [await select(white, pick), await select(other, pick)];
    const options = { ...small, depth: 1, iterations: 0, init: "set", engine } as const;
    const unwhitened = await distill(other, { ...options, initial: whitened }).result;
    const rewhitened = await distill(white, { ...options, initial: plain }).result;
    const worst = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])));
    expect(worst(unwhitened.images, plain.images)).toBeLessThan(1e-4);
    expect(worst(rewhitened.images, whitened.images)).toBeLessThan(1e-4);
    expect(worst(plain.images, whitened.images)).toBeGreaterThan(0.1);
  });

  it("says what a given set lacks", async () => {
    await expect(start({ init: "set" })).rejects.toThrow("init set needs the set: none was given");
    const initial = await select(set, { method: "random", ipc: 1 });
    await expect(start({ init: "set", initial })).rejects.toThrow(
      'class "class 0" of the initial set has 1 image, fewer than ipc 2',
    );
    await expect(start({ init: "set", initial: { ...initial, classNames: ["a", "b", "c"] } })).rejects.toThrow(
      "the initial set has the classes a, b, c; patches/train has class 0, class 1, class 2",
    );
    const two = await select(set, { method: "random", ipc: 2 });
    await expect(start({ init: "set", initial: { ...two, images: two.images.slice(1) } })).rejects.toThrow(
      "the initial set holds 1535 numbers and 6 labels, not 6 images of 1 x 16 x 16",
    );
  });

  it("of noise says which class has no images to match, and does without it in a shard", async () => {
    const lacking = { ...patches(), classNames: ["a", "b", "c", "none"] };
    const noise = { ...small, iterations: 1, init: "noise", engine } as const;
    await expect(distill(lacking, noise).result).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: 'class "none" of patches/train has no images to match',
    });
    expect((await distill(lacking, { ...noise, classes: [0, 1, 2] }).result).labels).toHaveLength(6);
  });
});
