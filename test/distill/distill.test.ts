import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { prepare } from "../../src/images/index.ts";
import type { ImageSet } from "../../src/images/types.ts";
import { patches } from "../support/sets.ts";

const set = patches();
const few = { ipc: 2, iterations: 4, seed: 5, batchReal: 6, width: 8, depth: 2, zca: false } as const;
const small = { ...few, averaging: false } as const;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const images = async (options: Partial<DistillOptions> = {}): Promise<Float32Array> =>
  (await distill(set, { ...small, engine, ...options }).result).images;

describe("distill", () => {
  it("gives the same numbers with one worker, two workers, and with an engine of its own", async () => {
    const one = await createEngine({ workers: 1 });
    try {
      const expected = await images();
      expect(await images({ engine: one })).toEqual(expected);
      expect((await distill(set, small).result).images).toEqual(expected);
    } finally {
      await one.close();
    }
  });

  it("gives other numbers for another seed, and moves the images", async () => {
    const expected = await images();
    expect(await images({ seed: 6 })).not.toEqual(expected);
    expect(await images({ iterations: 0 })).not.toEqual(expected);
  });

  it("lowers the loss on a fixed network family", async () => {
    const losses: number[] = [];
    const run = distill(set, { ...small, iterations: 30, init: "noise", augment: "none", engine });
    for await (const { loss } of run) losses.push(loss);
    const mean = (part: number[]): number => part.reduce((total, loss) => total + loss, 0) / part.length;
    expect(mean(losses.slice(-5))).toBeLessThan(0.5 * mean(losses.slice(0, 5)));
  });

  it("resumed from any iteration equals never stopped", async () => {
    const expected = await images();
    for (const iterations of [0, 1, 3]) {
      const first = distill(set, { ...small, iterations, engine });
      await first.result;
      expect(await images({ resume: first.state() })).toEqual(expected);
    }
  });

  it("a break of the iteration leaves the state of the last finished iteration, and the result says why there is none", async () => {
    const run = distill(set, { ...small, engine });
    for await (const { iteration } of run) if (iteration === 2) break;
    expect(run.state().iteration).toBe(2);
    await expect(run.result).rejects.toThrow("stopped before its last iteration");
    expect(await images({ resume: run.state() })).toEqual(await images());
  });

  it("shards equal the whole", async () => {
    const whole = await images();
    const parts = [await images({ classes: [0, 2] }), await images({ classes: [1] })];
    const size = small.ipc * 16 * 16;
    expect(parts[0]).toEqual(Float32Array.of(...whole.subarray(0, size), ...whole.subarray(2 * size)));
    expect(parts[1]).toEqual(whole.slice(size, 2 * size));
  });

  it("averages the images over the iterations, later ones more, without touching the path", async () => {
    const averaging = 2;
    const run = distill(set, { ...small, averaging, engine });
    const path: Float32Array[] = [];
    for await (const _ of run) path.push(run.state().images);
    expect(path.at(-1)).toEqual(await images());
    // Iterate t weighs t (t + 1): the closed form of polynomial-decay averaging for 2.
    const weights = path.map((_, t) => (t + 1) * (t + 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const average = (await run.result).images;
    const differences = average.map((mean, i) => {
      const expected = path.reduce((sum, iterate, t) => sum + (weights[t] / total) * iterate[i], 0);
      return Math.abs(mean - expected);
    });
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    expect(average).not.toEqual(path.at(-1));
  });

  it("with averaging, resumed equals never stopped, shards equal the whole, and one iteration is its own average", async () => {
    const averaging = 3;
    const whole = await images({ averaging });
    const first = distill(set, { ...small, averaging, iterations: 2, engine });
    await first.result;
    expect(await images({ averaging, resume: first.state() })).toEqual(whole);
    const size = small.ipc * 16 * 16;
    expect(await images({ averaging, classes: [1] })).toEqual(whole.slice(size, 2 * size));
    expect(await images({ averaging, iterations: 1 })).toEqual(await images({ iterations: 1 }));
    expect(await images({ averaging, iterations: 0 })).toEqual(await images({ iterations: 0 }));
  });

  it("does not take up a state without an average for a run with one, nor the other way round", async () => {
    const plain = distill(set, { ...small, iterations: 1, engine });
    await plain.result;
    await expect(images({ averaging: 3, resume: plain.state() })).rejects.toThrow("no average of the images");
    const averaged = distill(set, { ...small, averaging: 3, iterations: 1, engine });
    await averaged.result;
    await expect(images({ resume: averaged.state() })).rejects.toThrow("averaging false needs none");
  });

  it("more synthetic images than one program takes agree with one program up to rounding", async () => {
    // 33 images a class are over two micro-batches of 16: means first, then a pullback.
    const many = patches({ perClass: 40 });
    const options = { ...small, ipc: 33, iterations: 1, batchReal: 33, augment: "none", engine };
    const split = distill(many, options);
    const wide: Engine = {
      ...engine,
      microBatch: 64,
      forwardBatch: 64,
      device: "cpu",
      workers: 2,
      run: engine.run.bind(engine),
      sum: engine.sum.bind(engine),
      gradients: engine.gradients.bind(engine),
      descend: engine.descend.bind(engine),
      close: engine.close.bind(engine),
    };
    const whole = distill(many, { ...options, engine: wide });
    const [a, b] = [await split.result, await whole.result];
    const [ga, gb] = [split.state().momentum, whole.state().momentum];
    let [difference, norm] = [0, 0];
    for (let i = 0; i < ga.length; i++) {
      difference += (ga[i] - gb[i]) ** 2;
      norm += gb[i] ** 2;
    }
    expect(b.images.length).toBe(a.images.length);
    expect(norm).toBeGreaterThan(0);
    expect(Math.sqrt(difference / norm)).toBeLessThan(1e-4);
  });

  it("runs with batch norm over all classes, and refuses shards of it", async () => {
    const batch = await images({ norm: "batch" });
    expect(batch.every(Number.isFinite)).toBe(true);
    expect(batch).not.toEqual(await images());
    expect(() => distill(set, { ...small, norm: "batch", classes: [0] })).toThrow("norm batch couples the classes");
  });

  it("keeps what a set is: labels in class order, names, provenance", async () => {
    const result = await distill(set, { ...small, classes: [0, 2], engine }).result;
    expect([...result.labels]).toEqual([0, 0, 2, 2]);
    expect(result.classNames).toEqual(set.classNames);
    expect(result.provenance).toMatchObject({
      method: "datadam",
      ipc: 2,
      seed: 5,
      iteration: 4,
      norm: "instance",
      power: 4,
    });
  });

  it("mirrors no digits, prepared or not, and takes a prepared set for the set that it was made of", async () => {
    const digits = { ...set, flippable: false };
    const options = { ...small, iterations: 12, engine };
    const unprepared = await distill(digits, options).result;
    expect(unprepared.provenance.augment).not.toContain("flip");
    const prepared = await distill(await prepare(digits, { zca: false }), options).result;
    expect(prepared.provenance.augment).toBe(unprepared.provenance.augment);
    expect(prepared.images).toEqual(unprepared.images);
    const mirrored = await distill(await prepare(set, { zca: false }), options).result;
    expect(mirrored.provenance.augment).toContain("flip");
    expect(mirrored.images).not.toEqual(unprepared.images);
  });

  it("does not read all pixels of a set at once", async () => {
    const { pixels: _, image, ...facts } = set;
    const lazy: ImageSet = {
      ...facts,
      image: image.bind(set),
      get pixels(): Uint8Array {
        throw new Error("all pixels were read");
      },
    };
    expect((await distill(lazy, { ...small, engine }).result).images).toEqual(await images());
  });

  it("stops at an aborted signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(distill(set, { ...small, engine, signal }).result).rejects.toThrow("enough");
  });

  it("says at once what is wrong with options", () => {
    expect(() => distill(set, { ...small, ipc: 0 })).toThrow("ipc: must be above 0, got 0");
    expect(() => distill(set, { ...small, classes: [7] })).toThrow(
      "classes: 7 is not a class of patches/train (0 to 2)",
    );
    expect(() => distill(set, { ...small, classes: [] })).toThrow("classes: none");
    expect(() => distill(set, { ...small, depth: 7 })).toThrow(
      "depth 7 halves 16 x 16 images to nothing; use depth 4 or less",
    );
  });

  it("says which class has too few images", async () => {
    await expect(images({ ipc: 13 })).rejects.toThrow(
      'class "class 0" of patches/train has 12 images, fewer than ipc 13',
    );
    expect((await images({ ipc: 13, init: "noise", iterations: 1 })).length).toBe(3 * 13 * 256);
  });

  it("takes a class with fewer images than a batch as it is", async () => {
    expect((await images({ batchReal: 100, iterations: 1 })).every(Number.isFinite)).toBe(true);
  });

  it("says when it diverges", async () => {
    await expect(images({ lrImg: 1e39, iterations: 10 })).rejects.toMatchObject({ code: "DIVERGED" });
  });
});
