// Several images in the room of one: the loop on stored images is that on the images of training, followed by the
// adjoint.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { evaluate, withSoftLabels } from "../../src/evaluate/index.ts";
import { downsample, expandImagesAdjoint, expandSet, prepare } from "../../src/images/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { readSyntheticSet, writeSyntheticSet } from "../../src/run/index.ts";
import { protocols } from "../../src/train/index.ts";
import { relativeError } from "../support/fixtures.ts";
import { patches } from "../support/sets.ts";
import { temporaryFolder } from "../support-run.ts";

const set = patches({ perClass: 20 });
const small = { ipc: 2, factor: 2, iterations: 3, seed: 5, batchReal: 6, width: 8, depth: 2, zca: false } as const;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const images = async (options: Partial<DistillOptions> = {}): Promise<Float32Array> =>
  (await distill(set, { ...small, engine, ...options }).result).images;

describe("distillation with a factor", () => {
  it.each(["datadam", "dm", "dc", "dsa"] as const)("takes the gradient of the enlarged parts: %s", async (method) => {
    const outer = method === "dc" || method === "dsa" ? { outerLoops: 1 } : {};
    const once = { ...small, method, averaging: false, iterations: 1, ...outer, engine } as const;
    const initial = await distill(set, { ...once, iterations: 0 }).result;
    const stored = distill(set, { ...once, init: "set", initial });
    await stored.result;
    const whole = distill(set, { ...once, factor: 1, ipc: 8, init: "set", initial: expandSet(initial) });
    await whole.result;
    const expected = expandImagesAdjoint(whole.state().momentum, set.shape, 2);
    expect(expected.some((value) => value !== 0)).toBe(true);
    expect(relativeError(stored.state().momentum, expected)).toBeLessThan(1e-6);
  });

  it("gives the same bytes with one worker, resumed, and in shards", async () => {
    const one = await createEngine({ workers: 1 });
    try {
      const expected = await images();
      expect(expected).toHaveLength(3 * 2 * 256);
      expect(await images({ engine: one })).toEqual(expected);
      const first = distill(set, { ...small, iterations: 1, engine });
      await first.result;
      expect(await images({ resume: first.state() })).toEqual(expected);
      expect(await images({ classes: [1] })).toEqual(expected.slice(512, 1024));
    } finally {
      await one.close();
    }
  });

  it("trains the networks of dsa on the enlarged parts", async () => {
    const options = { method: "dsa", outerLoops: 2, innerLoops: 1, batchTrain: 8, iterations: 1 } as const;
    expect(await images(options)).toEqual(await images(options));
  });

  it("starts from as many real images as there is room for, reduced", async () => {
    const prepared = await prepare(set, { zca: false });
    const start = await images({ iterations: 0 });
    const all = prepared.read(Array.from({ length: set.count }, (_, i) => i));
    // A part of the first image is the reduction of one real image of its class.
    const corner = Array.from({ length: 64 }, (_, i) => start[Math.floor(i / 8) * 16 + (i % 8)]);
    const reduced = Array.from({ length: set.count }, (_, i) => {
      const four = new Float32Array(4 * 256);
      for (let k = 0; k < 4; k++) four.set(all.subarray(i * 256, (i + 1) * 256), k * 256);
      const stored = downsample(four, set.shape, 2);
      return Array.from({ length: 64 }, (_, p) => stored[Math.floor(p / 8) * 16 + (p % 8)]);
    });
    const found = reduced.findIndex((one) => one.every((value, p) => value === corner[p]));
    expect(set.labels[found]).toBe(0);
  });

  it("starts from each real image of a class before any is taken again, where a class has fewer than there is room for", async () => {
    const start = await images({ ipc: 6, iterations: 0 });
    const parts = Array.from({ length: 24 }, (_, k) => {
      const [image, row, column] = [Math.floor(k / 4), Math.floor((k % 4) / 2), k % 2];
      const at = (p: number) => image * 256 + (row * 8 + Math.floor(p / 8)) * 16 + column * 8 + (p % 8);
      return Array.from({ length: 64 }, (_, p) => start[at(p)]).join();
    });
    expect(new Set(parts).size).toBe(20);
    await expect(images({ ipc: 21 })).rejects.toThrow("has 20 images, fewer than ipc 21");
  });

  it("starts from a given set of another factor, its images reduced or enlarged", async () => {
    const plain = await distill(set, { ...small, factor: 1, ipc: 8, iterations: 0, engine }).result;
    const start = { init: "set", iterations: 0 } as const;
    expect(await images({ ...start, initial: plain })).toEqual(downsample(plain.images, set.shape, 2));
    const stored = await distill(set, { ...small, iterations: 0, engine }).result;
    expect(await images({ ...start, initial: stored })).toEqual(stored.images);
    expect(await images({ ...start, factor: 1, ipc: 8, initial: stored })).toEqual(expandSet(stored).images);
  });

  it("refuses a factor that does not divide the images", () => {
    expect(() => distill(set, { ...small, factor: 3 })).toThrow(
      "factor: images of 16 x 16 cannot be cut into 3 x 3 parts of whole pixels",
    );
  });
});

describe("a set with a factor", () => {
  const protocol = { ...protocols.quick, epochs: 3, batch: 8 };
  const options = { networks: 1, protocol, width: 8, depth: 2 } as const;

  it("is written and read as it is, and evaluated as its enlarged parts", async () => {
    const distilled = await distill(set, { ...small, engine }).result;
    expect(distilled).toMatchObject({ factor: 2, provenance: { factor: 2, ipc: 2 } });
    const folder = temporaryFolder();
    writeSyntheticSet(folder, distilled);
    const read = readSyntheticSet(folder);
    expect([read.factor, read.images, read.labels]).toEqual([2, distilled.images, distilled.labels]);
    const test = patches({ seed: 9, perClass: 10 });
    const direct = await evaluate(read, test, { ...options, engine });
    expect(direct.accuracies).toEqual((await evaluate(expandSet(read), test, { ...options, engine })).accuracies);
  });

  it("is enlarged for soft labels, one for each part", async () => {
    const distilled = await distill(set, { ...small, iterations: 0, engine }).result;
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4 });
    const parameters = initialize(network, Key.fromSeed(1));
    const soft = await withSoftLabels(distilled, { network, parameters, engine });
    expect([soft.factor, soft.labels.length, soft.softLabels?.length]).toEqual([undefined, 24, 72]);
    expect(soft.images).toEqual(expandSet(distilled).images);
    // The same labels with the stored images: a row for each part.
    const stored = { ...distilled, softLabels: soft.softLabels };
    const folder = temporaryFolder();
    writeSyntheticSet(folder, stored);
    const read = readSyntheticSet(folder);
    expect([read.factor, read.softLabels]).toEqual([2, soft.softLabels]);
    const test = patches({ seed: 9, perClass: 10 });
    const evaluated = async (of: typeof read) =>
      (await evaluate(of, test, { ...options, softLabels: true, engine })).accuracies;
    expect(await evaluated(read)).toEqual(await evaluated(soft));
  });
});
