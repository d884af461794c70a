import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare, randomSubset } from "../../src/images/index.ts";
import {
  bestFirst,
  candidates,
  type RankOptions,
  rankCandidates,
  rungs,
  type SearchProxy,
  type Store,
  setProxy,
  streamProxy,
  successiveHalving,
} from "../../src/nas/index.ts";
import { Key } from "../../src/random/index.ts";
import { type Protocol, protocols } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const some = candidates({ name: "small", axes: { depth: [1, 2], width: [4], norm: ["none", "batch"] } });
const protocol: Protocol = { ...protocols.quick, name: "brief", epochs: 3, batch: 8, augment: "none", lr: 0.05 };
let shared: Engine;
let validation: PreparedSet;
let proxy: SearchProxy;

beforeAll(async () => {
  shared = await createEngine({ workers: 1 });
  validation = await prepare(patches({ size: 8, seed: 4 }), { zca: false });
  proxy = setProxy("random", randomSubset(await prepare(patches({ size: 8 }), { zca: false }), 4, 0), protocol);
});

afterAll(() => shared.close());

/** A store in memory, that may break off after some results, as a kill does. */
function memory(
  most = Number.POSITIVE_INFINITY,
  entries: Map<string, unknown> = new Map(),
): Store & { added: string[] } {
  const added: string[] = [];
  return {
    added,
    get: (key) => entries.get(key),
    add(key, value) {
      if (added.length >= most) throw new Error("killed");
      entries.set(key, JSON.parse(JSON.stringify(value)));
      added.push(key);
    },
  };
}

function options(store: Store, more: Partial<RankOptions> = {}): RankOptions {
  // Starting one for each candidate would take longer than its training.
  const engine = async (): Promise<Engine> => ({
    ...shared,
    device: "cpu",
    workers: 1,
    microBatch: shared.microBatch,
    forwardBatch: shared.forwardBatch,
    run: shared.run.bind(shared),
    sum: shared.sum.bind(shared),
    gradients: shared.gradients.bind(shared),
    descend: shared.descend.bind(shared),
    close: async () => undefined,
  });
  return { validation, key: Key.fromSeed(0), store, engine, lanes: 1, ...more };
}

const accuracies = (results: readonly { id: string; accuracy: number | null }[]): unknown[] =>
  results.map(({ id, accuracy }) => [id, accuracy]);

it("a proxy of images in images stores those, and is seen enlarged", async () => {
  const set = randomSubset(await prepare(patches({ size: 8 }), { zca: false }), 4, 0);
  const { storedImages, seenImages, imagesAt } = setProxy("four in one", { ...set, factor: 2 }, protocol);
  expect([storedImages, seenImages, imagesAt(0).labels.length]).toEqual([12, 144, 48]);
});

describe("rankCandidates", () => {
  it("gives the same accuracies in one lane, in two, and broken off and resumed, and does nothing twice", async () => {
    const done: number[] = [];
    const whole = await rankCandidates(some, proxy, options(memory(), { onProgress: (share) => done.push(share) }));
    expect(whole.map(({ id }) => id)).toEqual(some.map(({ id }) => id));
    for (const { accuracy, seconds } of whole) {
      expect(accuracy).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeGreaterThan(0);
    }
    expect(new Set(whole.map(({ accuracy }) => accuracy)).size).toBeGreaterThan(1);
    expect(done.at(-1)).toBeCloseTo(1, 12);
    expect(done).toEqual([...done].sort((a, b) => a - b));

    expect(
      accuracies(
        await rankCandidates(some, proxy, options(memory(), { lanes: 2, engine: () => createEngine({ workers: 1 }) })),
      ),
    ).toEqual(accuracies(whole));

    const entries = new Map<string, unknown>();
    await expect(rankCandidates(some, proxy, options(memory(2, entries)))).rejects.toThrow("killed");
    expect(entries.size).toBe(2);
    const rest = memory(Number.POSITIVE_INFINITY, entries);
    expect(accuracies(await rankCandidates(some, proxy, options(rest)))).toEqual(accuracies(whole));
    expect(rest.added).toHaveLength(2);
  });

  it("takes a candidate that diverges for a result, below every other", async () => {
    const wild = { ...proxy, protocol: { ...protocol, lr: 1e18 } };
    const results = await rankCandidates(some.slice(0, 1), wild, options(memory()));
    expect(results).toMatchObject([{ id: "1-4-none", accuracy: null }]);
    const ranked = bestFirst([...results, { ...results[0], id: "poor", accuracy: 0 }]);
    expect(ranked.map(({ id }) => id)).toEqual(["poor", "1-4-none"]);
  });

  it("means the accuracy over networks", async () => {
    const [two] = await rankCandidates(some.slice(0, 1), proxy, options(memory(), { networks: 2 }));
    const [one] = await rankCandidates(some.slice(0, 1), proxy, options(memory()));
    const steps = (two.accuracy! * validation.count * 2) / 100;
    expect(steps).toBeCloseTo(Math.round(steps), 9);
    expect(two.accuracy).not.toBe(one.accuracy);
  });

  it("stops at an aborted signal, and refuses what does not fit before any work", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(rankCandidates(some, proxy, options(memory(), { signal }))).rejects.toThrow("enough");
    const deep = candidates({ name: "deep", axes: { depth: [1, 5] } });
    const store = memory();
    await expect(rankCandidates(deep, proxy, options(store))).rejects.toThrow("architecture 5: convnet: depth 5");
    expect(store.added).toEqual([]);
  });
});

describe("streamProxy", () => {
  it("goes through all images, once a pass, in an order of its own for each", async () => {
    const set = await prepare(patches({ size: 8 }), { zca: false });
    const stream = streamProxy("early", set, 10, { ...protocol, epochs: 9 }, Key.fromSeed(0));
    expect([stream.storedImages, stream.seenImages]).toEqual([36, 90]);
    const epochs = Array.from({ length: 9 }, (_, epoch) => stream.imagesAt(epoch));
    const images = epochs.flatMap((epoch) =>
      Array.from({ length: 10 }, (_, i) => epoch.images.subarray(64 * i, 64 * (i + 1)).join()),
    );
    const passes = [images.slice(0, 36), images.slice(36, 72)];
    for (const pass of passes) expect(new Set(pass).size).toBe(36);
    expect(passes[0]).not.toEqual(passes[1]);
    expect([...passes[0]].sort()).toEqual([...passes[1]].sort());
    expect(stream.imagesAt(4)).toEqual(epochs[4]);
    const names = new Map(Array.from({ length: 36 }, (_, i) => [set.read([i]).join(), set.labels[i]]));
    expect(epochs.flatMap(({ labels }) => [...labels])).toEqual(images.map((image) => names.get(image)));
  });
});

describe("successive halving", () => {
  it("grows budgets by eta up to all epochs", () => {
    expect(rungs(48, 200, 3)).toEqual([7, 22, 67, 200]);
    expect(rungs(8, 200, 2)).toEqual([25, 50, 100, 200]);
    expect(rungs(81, 4, 2)).toEqual([1, 2, 4]);
    expect(rungs(1, 200, 3)).toEqual([200]);
  });

  it("trains the better half of each rung anew with twice the epochs", async () => {
    const store = memory();
    const proxyWith = (epochs: number): SearchProxy => ({ ...proxy, protocol: { ...protocol, epochs } });
    const results = await successiveHalving(some, proxyWith, { epochs: 4, eta: 2 }, options(store));
    const at = (epochs: number): string[] =>
      store.added.filter((key) => key.startsWith(`random ${epochs} `)).map((key) => key.split(" ")[2]);
    expect([at(1).length, at(2).length, at(4).length]).toEqual([4, 2, 1]);
    expect(results.map(({ rung }) => rung).sort()).toEqual([0, 0, 1, 2]);
    expect(bestFirst(results)[0].id).toBe(at(4)[0]);
    const first = await rankCandidates(some, proxyWith(1), options(memory()));
    expect(at(2).sort()).toEqual(
      bestFirst(first)
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    );
  });
});
