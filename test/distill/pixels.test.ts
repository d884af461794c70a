// Descent on pixels between 0 and 1, against PyTorch, with and without the terms that may be added to the loss.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, type DistillRun, distill } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type Normalization, type PreparedSet, prepare } from "../../src/images/index.ts";
import { type Fixture, fixtureImages, loadFixtures, relativeError } from "../support/fixtures.ts";
import { patches } from "../support/sets.ts";

type Expected = Readonly<Record<string, number | readonly number[]>>;

const fixtures = loadFixtures("pixels");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const begin = async (fixture: Fixture, options: Partial<DistillOptions> = {}): Promise<DistillRun> => {
  const config = fixture.json<DistillOptions>("config");
  return distill(await prepare(fixtureImages(fixture), { zca: false }), { ...config, engine, ...options });
};

/** The least and the largest value of each channel's pixels. */
function range(images: Float32Array, [channels, height, width]: PreparedSet["shape"], { mean, std }: Normalization) {
  let [low, high] = [Infinity, -Infinity];
  for (const [i, value] of images.entries()) {
    const c = Math.floor(i / (height * width)) % channels;
    const pixel = value * std[c]! + mean[c]!;
    [low, high] = [Math.min(low, pixel), Math.max(high, pixel)];
  }
  return { low, high };
}

describe("descent on pixels follows PyTorch's SGD, clamped after each step", () => {
  for (const fixture of fixtures) {
    it(`in every iteration: ${fixture.name}`, async () => {
      const expected = fixture.json<Expected[]>("expected");
      const initial = fixture.array("initial").data;
      const [images, momentum] = [fixture.array("images").data, fixture.array("momentum").data];
      const run = await begin(fixture);
      const start = await (await begin(fixture, { iterations: 0 })).result;
      expect(relativeError(start.images, initial)).toBeLessThan(1e-6);
      const moved = (values: Float32Array): Float32Array => values.map((value, i) => value - initial[i]!);
      let iteration = 0;
      for await (const event of run) {
        const state = run.state();
        const place = [iteration * initial.length, (iteration + 1) * initial.length] as const;
        expect(relativeError(moved(state.images), moved(images.subarray(...place)))).toBeLessThan(1e-4);
        expect(relativeError(state.momentum, momentum.subarray(...place))).toBeLessThan(1e-4);
        for (const [name, value] of Object.entries(expected[iteration]!)) {
          const measured = [event[name] as number | number[]].flat();
          expect(relativeError(measured, [value].flat() as number[]), name).toBeLessThan(1e-4);
        }
        iteration++;
      }
      expect(iteration).toBe(3);
      const last = fixture.json<[number, number][]>("bounded").at(-1)!;
      expect(Math.min(...last)).toBeGreaterThan(5);
      const { images: result, shape, preprocessing } = await run.result;
      const { low, high } = range(run.state().images, shape, preprocessing.normalization);
      expect([low, high].map((value) => value.toFixed(6))).toEqual([low < 0 ? "-0.000000" : "0.000000", "1.000000"]);
      if (fixture.json<DistillOptions>("config").averaging === false) return;
      expect(relativeError(result, fixture.array("average").data)).toBeLessThan(1e-4);
    });
  }

  it("covers momentum, factor, batch norm, averaging, noise, and all terms", () => {
    const configs = fixtures.map((fixture) => fixture.json<Readonly<Record<string, unknown>>>("config"));
    const values = (key: string): unknown[] => [...new Set(configs.map((config) => config[key]))].sort();
    expect(values("factor")).toEqual([1, 2]);
    expect(values("norm")).toEqual(["batch", "instance"]);
    expect(values("averaging")).toEqual([0, false]);
    expect(values("init")).toEqual(["noise", "real"]);
    expect(values("momentum")).toEqual([0.5]);
    expect(values("crossEntropy")).toEqual([0, 2.5]);
  });
});

describe("distillation on pixels", () => {
  const set = patches();
  const few = { ipc: 2, iterations: 4, seed: 5, batchReal: 6, width: 8, depth: 2, zca: false, lrImg: 1 } as const;
  const added = { space: "pixels", channelWeight: 1, momentsWeight: 1, crossEntropy: 1 } as const;
  const images = async (options: Partial<DistillOptions> = {}): Promise<Float32Array> =>
    (await distill(set, { ...few, ...added, engine, ...options }).result).images;

  it("is the same resumed, in shards, with kept networks, and with one worker", async () => {
    const expected = await images();
    const first = distill(set, { ...few, ...added, iterations: 2, engine });
    await first.result;
    expect(await images({ resume: first.state() })).toEqual(expected);
    const shards = await Promise.all([[0], [1, 2]].map((classes) => images({ classes })));
    expect([...shards[0]!, ...shards[1]!]).toEqual([...expected]);
    expect(await images({ networks: 4 })).toEqual(expected);
    const one = await createEngine({ workers: 1 });
    expect(await images({ engine: one }).finally(() => one.close())).toEqual(expected);
    expect(await images({ crossEntropy: 0 })).not.toEqual(expected);
  });

  it("gives an average within bounds, where no iterate left them", async () => {
    const prepared = await prepare(set, { zca: false });
    const { low, high } = range(await images({ lrImg: 50 }), prepared.shape, prepared.preprocessing.normalization);
    expect(low).toBeGreaterThan(-1e-6);
    expect(high).toBeLessThan(1 + 1e-6);
  });

  it("still tells that a loss is no longer finite", async () => {
    await expect(images({ scale: 1e38, lambda: 1e38 })).rejects.toThrow("finite");
  });

  it("is refused with whitening", () => {
    expect(() => distill(set, { ...few, ...added, zca: true })).toThrow(
      "space: whitened images (zca) are no pixels between 0 and 1",
    );
  });
});
