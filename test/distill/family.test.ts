// A finite family of networks: visited in turn, its real side computed once.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bindParameters,
  type DistillEvent,
  type DistillOptions,
  distill,
  type Family,
  Matcher,
} from "../../src/distill/index.ts";
import { attentionObjective } from "../../src/distill/matching/attentionObjective.ts";
import { placeOf } from "../../src/distill/places.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare } from "../../src/images/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { fixtureImages, loadFixtures, relativeError } from "../support/fixtures.ts";
import { patches } from "../support/sets.ts";

const set = patches();
const few = { ipc: 2, iterations: 6, seed: 5, batchReal: 6, width: 8, depth: 2, zca: false } as const;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const images = async (options: Partial<DistillOptions> = {}): Promise<Float32Array> =>
  (await distill(set, { ...few, engine, ...options }).result).images;

/** A prepared set that notes which images are read. */
async function watched(): Promise<{ watching: PreparedSet; reads: number[][] }> {
  const prepared = await prepare(set, { zca: false });
  const reads: number[][] = [];
  const read: PreparedSet["read"] = (indices, out) => {
    reads.push(Array.from(indices));
    return prepared.read(indices, out);
  };
  return { watching: { ...prepared, read }, reads };
}

describe("a finite family of networks", () => {
  it("of as many networks as iterations gives the bytes of fresh networks", async () => {
    for (const options of [{}, { method: "dm" as const }, { factor: 2 }, { norm: "batch" as const }]) {
      const fresh = await images(options);
      expect(await images({ ...options, networks: 6 })).toEqual(fresh);
      expect(await images({ ...options, networks: 5 })).not.toEqual(fresh);
    }
  });

  for (const fixture of loadFixtures("loop")) {
    it(`follows PyTorch's autograd and SGD: ${fixture.name}`, async () => {
      const config = fixture.json<DistillOptions>("config");
      const prepared = await prepare(fixtureImages(fixture), { zca: false });
      const run = distill(prepared, { ...config, networks: config.iterations!, engine });
      await run.result;
      const initial = fixture.array("initial").data;
      const last = fixture.array("images").data.subarray(-initial.length);
      const moved = (values: Float32Array): Float32Array => values.map((value, i) => value - initial[i]);
      expect(relativeError(moved(run.state().images), moved(last))).toBeLessThan(1e-4);
    });
  }

  it("visits all networks in turn, with their first draws, then with their next ones, then again", async () => {
    const places = [1, 2, 3, 4, 5, 6, 7, 8].map((iteration) => placeOf(iteration, { networks: 3, draws: 2 }));
    expect(places.map(({ number, draw }) => `${number}.${draw}`).join(" ")).toBe("1.0 2.0 3.0 1.1 2.1 3.1 1.0 2.0");
    const { watching, reads } = await watched();
    const run = distill(watching, { ...few, networks: 2, draws: 2, iterations: 12, engine });
    await run.result;
    // The initial images, and once for each class, network and draw.
    expect(reads.length).toBe(1 + set.classNames.length * 4);
    expect(new Set(reads.map(String)).size).toBe(reads.length);
  });

  it("under even sampling, uses each image equally often, in batches without repeats", async () => {
    const { watching, reads } = await watched();
    const members = set.labels.filter((label) => label === 0).length;
    const networks = members; // batches of 6: six rounds through each class
    await distill(watching, { ...few, networks, sampling: "even", iterations: networks, init: "noise", engine }).result;
    const uses = new Map<number, number>();
    for (const index of reads.flat()) uses.set(index, (uses.get(index) ?? 0) + 1);
    const counts = [...set.labels.keys()].map((index) => uses.get(index) ?? 0);
    for (const [index, label] of set.labels.entries()) {
      const size = set.labels.filter((other) => other === label).length;
      expect(Math.abs(counts[index] - (6 * networks) / size)).toBeLessThanOrEqual(1);
    }
    // By chance alone they would differ by more.
    const independent = await watched();
    await distill(independent.watching, { ...few, networks, iterations: networks, init: "noise", engine }).result;
    const chance = new Map<number, number>();
    for (const index of independent.reads.flat()) chance.set(index, (chance.get(index) ?? 0) + 1);
    const spread = [...chance.values()];
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(2);
  });

  it("is the same resumed, in shards, and with one worker", async () => {
    const family = { networks: 2, draws: 2, sampling: "even" } as const;
    const expected = await images(family);
    const first = distill(set, { ...few, ...family, iterations: 3, engine });
    await first.result;
    expect(await images({ ...family, resume: first.state() })).toEqual(expected);
    const shards = await Promise.all([[0], [1, 2]].map((classes) => images({ ...family, classes })));
    expect([...shards[0], ...shards[1]]).toEqual([...expected]);
    const one = await createEngine({ workers: 1 });
    expect(await images({ ...family, engine: one }).finally(() => one.close())).toEqual(expected);
  });

  it("of trained networks has their norms' weights, and says which of them are poor", async () => {
    const network = convnet({ channels: 3, size: 12, classes: 3, depth: 2, width: 8 });
    const drawn = initialize(network, Key.fromSeed(1));
    const stream = Key.fromSeed(2).stream();
    const values = Object.fromEntries(
      Object.entries(drawn).map(([name, { data }]) => [name, data.map((value) => value + 0.3 * stream.uniform())]),
    );
    const colour = patches({ channels: 3, size: 12 });
    const prepared = await prepare(colour, { zca: false });
    const loss = {
      power: 4,
      attentionReduction: "sum",
      attentionNorm: "l2",
      attentionWeight: 1,
      scale: 100,
      lambda: 0.01,
      errorType: "mse",
      layers: [0],
      crossEntropy: 2,
      crossEntropyFrom: 0.5,
    } as const;
    const options = { ...few, networks: 1, iterations: 1, augment: "none", crossEntropy: 2, crossEntropyFrom: 0.5 };
    for (const accuracy of [0.49, 0.51]) {
      const matcher = new Matcher(attentionObjective(network, loss, false), engine);
      const parameters = bindParameters(values);
      const real = prepared.read(Array.from({ length: 6 }, (_, i) => i));
      const targets = (): ReturnType<Matcher["targets"]> => matcher.targets(parameters, real, [0]);
      const augmentation = { count: undefined, height: 12, width: 12, steps: [] };
      const family: Family = {
        trained: true,
        visit: () => ({ parameters, accuracy, targets, augmentation: () => augmentation }),
      };
      const run = distill(colour, { ...options, family, engine });
      const { images } = await distill(colour, { ...options, iterations: 0, engine }).result;
      const events: DistillEvent[] = [];
      for await (const event of run) events.push(event);
      const each = images.length / 3;
      const matches = await Promise.all(
        [0, 1, 2].map(async (c) =>
          matcher.match(parameters, await targets(), images.slice(c * each, (c + 1) * each), [c], { accuracy }),
        ),
      );
      const gradient = matches.flatMap((match) => [...match.gradient]);
      expect(relativeError(run.state().momentum, gradient)).toBeLessThan(1e-6);
      if (accuracy < 0.5) expect(events[0].crossEntropy).toBe(0);
      else expect(events[0].crossEntropy).toBeGreaterThan(1);
      // The test sees the norms: with those of an initialised network the gradient is another.
      const norms = Object.keys(values).filter((name) => /features\.\d+\.(weight|bias)/.test(name));
      expect(
        norms.some((name) => network.parameters.find((spec) => spec.name === name && "value" in spec.initial)),
      ).toBe(true);
      const untrained = distill(colour, { ...options, family: { ...family, trained: false }, engine });
      await untrained.result;
      expect(relativeError(untrained.state().momentum, gradient)).toBeGreaterThan(1e-2);
    }
  });

  it("is refused for a method whose real side is no class mean", () => {
    expect(() => distill(set, { ...few, method: "dc", networks: 4 })).toThrow(
      "networks: method dc does not match class means, so that each step needs real images",
    );
  });
});
