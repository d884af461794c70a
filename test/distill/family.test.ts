// A finite family of networks: visited in turn, its real side computed once.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill } from "../../src/distill/index.ts";
import { placeOf } from "../../src/distill/places.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare } from "../../src/images/index.ts";
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

  it("is refused for a method whose real side is no class mean", () => {
    expect(() => distill(set, { ...few, method: "dc", networks: 4 })).toThrow(
      "networks: method dc does not match class means, so that each step needs real images",
    );
  });
});
