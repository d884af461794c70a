// The whole loop against PyTorch: images, momentum and losses after every iteration, from the same draws.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Augmentation } from "../../src/augment/index.ts";
import { type DistillOptions, type DistillRun, distill } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { classIndices, type PreparedSet, prepare } from "../../src/images/index.ts";
import { type Fixture, fixtureImages, loadFixtures, relativeError } from "../support/fixtures.ts";

interface Draw {
  readonly picks: readonly number[];
  readonly augmentation: Augmentation;
}
interface Draws {
  /** Of each class, indices among its images. */
  readonly initial: readonly (readonly number[])[];
  /** Of each iteration, by class. */
  readonly iterations: readonly (readonly Draw[])[];
}
interface Expected {
  readonly loss: number;
  readonly attention: readonly number[];
  readonly features: number;
}

const fixtures = loadFixtures("loop");
const configOf = (fixture: Fixture): DistillOptions => fixture.json<DistillOptions>("config");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const begin = async (fixture: Fixture, options: Partial<DistillOptions> = {}): Promise<DistillRun> =>
  distill(await prepare(fixtureImages(fixture), { zca: false }), { ...configOf(fixture), engine, ...options });

describe("distillation with DataDAM follows PyTorch's autograd and SGD", () => {
  for (const fixture of fixtures) {
    it(`in every iteration: ${fixture.name}`, async () => {
      const expected = fixture.json<Expected[]>("expected");
      const initial = fixture.array("initial").data;
      const [images, momentum] = [fixture.array("images").data, fixture.array("momentum").data];
      const start = await begin(fixture, { iterations: 0 });
      expect(relativeError((await start.result).images, initial)).toBeLessThan(1e-6);

      const run = await begin(fixture);
      let iteration = 0;
      for await (const event of run) {
        const state = run.state();
        const place = [iteration * initial.length, (iteration + 1) * initial.length] as const;
        const moved = (values: Float32Array): Float32Array => values.map((value, i) => value - initial[i]);
        // Relative to how far the images have come, which is less than their size.
        const error = relativeError(moved(state.images), moved(images.subarray(...place)));
        expect(error, `images of iteration ${iteration + 1} are ${error} away`).toBeLessThan(1e-4);
        const drift = relativeError(state.momentum, momentum.subarray(...place));
        expect(drift, `momentum of iteration ${iteration + 1} is ${drift} away`).toBeLessThan(1e-4);
        const { loss, attention, features } = expected[iteration];
        expect(Math.abs(event.loss / loss - 1)).toBeLessThan(1e-4);
        expect(Math.abs((event.features as number) / features - 1)).toBeLessThan(1e-4);
        expect(relativeError(event.attention as number[], attention)).toBeLessThan(1e-4);
        iteration++;
      }
      expect(iteration).toBe(expected.length);
      // The bound means something: the images moved much further than it.
      expect(relativeError(images.subarray(-initial.length), initial)).toBeGreaterThan(0.1);
    });
  }

  for (const fixture of fixtures.filter((fixture) => configOf(fixture).averaging !== false)) {
    it(`in the average of the images: ${fixture.name}`, async () => {
      const { images } = await (await begin(fixture)).result;
      const [average, last] = [fixture.array("average").data, fixture.array("images").data.subarray(-images.length)];
      expect(relativeError(images, average)).toBeLessThan(1e-4);
      expect(relativeError(last, average)).toBeGreaterThan(1e-2);
    });
  }
});

describe("what PyTorch was given", () => {
  for (const fixture of fixtures) {
    it(`are the images that distillation reads: ${fixture.name}`, async () => {
      const { initial, iterations } = fixture.json<Draws>("draws");
      const set = await prepare(fixtureImages(fixture), { zca: false });
      const members = classIndices(set.labels, set.classNames.length);
      const read: string[] = [];
      const watched: PreparedSet = {
        ...set,
        read: (indices, out) => {
          read.push(Array.from(indices).join());
          return set.read(indices, out);
        },
      };
      await distill(watched, { ...configOf(fixture), engine }).result;
      const indices = (picks: readonly number[], c: number): number[] => picks.map((pick) => members[c][pick]);
      const wanted = iterations.flatMap((classes) => classes.map(({ picks }, c) => indices(picks, c).join()));
      expect(read.sort()).toEqual([initial.flatMap(indices).join(), ...wanted].sort());
    });
  }

  it("covers norms, powers, augmentation, averaging and factor", () => {
    const configs = fixtures.map(configOf);
    const values = (key: string): unknown[] => {
      const all = configs.map((config): Readonly<Record<string, unknown>> => ({ ...config }));
      return [...new Set(all.map((config) => config[key]))].sort();
    };
    expect(values("norm")).toEqual(["batch", "instance"]);
    expect(values("power")).toEqual([1, 2, 4]);
    expect(values("augmentMode")).toEqual(["all", "one"]);
    expect(values("factor")).toEqual([1, 2]);
    expect(values("averaging")).toEqual([0, 3, false]);
    for (const { ipc, momentum, iterations } of configs) {
      expect([ipc, momentum]).toEqual([2, 0.5]);
      expect(iterations).toBeGreaterThanOrEqual(5);
    }
  });

  it("has every operation in every case, at work, and others for the two classes", () => {
    for (const fixture of fixtures) {
      const { iterations } = fixture.json<Draws>("draws");
      const seen = new Set<string>();
      for (const classes of iterations) {
        const [first, second] = classes.map(({ augmentation }) => augmentation.steps);
        expect(first).not.toEqual(second);
        for (const step of [...first, ...second]) {
          if (step.operation === "flip" && !step.flipped[0]) continue;
          if (step.operation === "crop" && step.dx[0] === 0 && step.dy[0] === 0) continue;
          seen.add(step.operation);
        }
      }
      expect([...seen].sort(), fixture.name).toEqual(["color", "crop", "cutout", "flip", "rotate", "scale"]);
    }
  });
});
