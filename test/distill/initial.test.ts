// What a distillation starts from: noise, real images, coresets, a given set.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill, INITIALISERS } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare } from "../../src/images/index.ts";
import { select } from "../../src/select/index.ts";
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
