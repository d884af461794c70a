// Distillations that train their networks first, as a bank of their own.

import { describe, expect, it, vi } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { decodeSafetensors } from "../../../src/formats/index.ts";
import { takeImages } from "../../../src/images/index.ts";
import { settleRecipe } from "../../../src/lab/bank/recipe.ts";
import {
  type DataOptions,
  job,
  loaded,
  memory,
  plan,
  type Readers,
  run,
  type Storage,
} from "../../../src/lab/index.ts";
import { mergeRuns } from "../../../src/lab/merge.ts";
import { drive, readersOf, smallWith, tiny, types } from "../support.ts";

const RECIPE = { networks: 1, epochs: 10, draws: 2, images: 6 } as const;
const method = { preset: "plus", ipc: 1, iterations: 8, width: 8 } as const;
const plus = (bank: Readonly<Record<string, unknown>> = {}, settings: Readonly<Record<string, unknown>> = {}) => ({
  ...smallWith({ batchReal: undefined, ...method, ...settings }),
  bank: { ...RECIPE, ...bank },
});

async function made(value: object, options: Parameters<typeof drive>[2] = {}): Promise<Storage> {
  const storage = memory();
  await drive(value as never, storage, options);
  return storage;
}

async function images(storage: Storage): Promise<Float32Array> {
  return decodeSafetensors((await storage.read("synthetic.safetensors"))!).tensors.images!.data as Float32Array;
}

describe("a distillation that trains its networks first", () => {
  it("is what its preset asks for", () => {
    const value = { kind: "distill", data: { dataset: "tiny" } };
    expect(job({ ...value, method: { preset: "plus" } })).toMatchObject({
      bank: { networks: 2, passes: 600_000, seed: 0 },
      method: { factor: 2, space: "pixels", crossEntropy: "auto", networks: 0 },
    });
    const long = job({ ...value, method: { preset: "plus-long" }, bank: { networks: 3 } });
    expect(long).toMatchObject({ bank: { networks: 3, passes: 1_000_000 } });
    expect(job(long)).toEqual(long);
    expect(job({ ...value, method: { preset: "paper" } })).not.toHaveProperty("bank");
    expect(() => job({ ...value, method: { preset: "plus", networks: 3 } })).toThrow("trains its networks");
  });

  it("takes draws and images of its bank from its method too, and nothing that the bank would not heed", () => {
    const of = (settings: object, bank?: object): object =>
      job({ kind: "distill", method: { preset: "plus", ...settings }, ...(bank && { bank }) });
    const both = of({ draws: 3, batchReal: 17 });
    expect(both).toMatchObject({ bank: { draws: 3, images: 17 }, method: { draws: 3, batchReal: 17 } });
    expect(job(both as never)).toEqual(both);
    expect(of({ draws: 3 }, { draws: 3 })).toMatchObject({ bank: { draws: 3 } });
    expect(() => of({ draws: 3 }, { draws: 2 })).toThrow("draws 3: `bank.draws` is 2");
    expect(() => of({ sampling: "independent" })).toThrow("sampling independent: a bank that is made first has even");
  });

  it("gives the bytes of one from the same bank made before", async () => {
    const readers = readersOf();
    const dataset = vi.fn(readers.dataset);
    const own = await made(plus(), { readers: { ...readers, dataset } });
    expect(dataset).toHaveBeenCalledTimes(1);
    const bank = await made({
      kind: "bank",
      data: { dataset: "tiny" },
      method: { ...method, networks: 1, draws: 2, batchReal: 6, sampling: "even" },
      epochs: 10,
      protocol: { name: "encoder", batch: 64 },
      execution: { workers: 1 },
    });
    const from = { ...plus(), data: undefined, bank: "bank" };
    expect(await images(await made(from, { readers: readersOf({ bank }) }))).toEqual(await images(own));
    // Twelve snapshots and the beginning, with two draws each.
    const record = JSON.parse(new TextDecoder().decode(await own.read("record.json")));
    expect(record).toMatchObject({ config: { networks: 13, draws: 2, batchReal: 6, crossEntropy: 2.5, lrImg: 0.02 } });
    // The seed of the images is not that of the networks.
    const other = await made({ ...plus(), seed: 1 });
    const second = JSON.parse(new TextDecoder().decode(await other.read("record.json")));
    expect(second.bank.id).toBe(record.bank.id);
    expect(await images(other)).not.toEqual(await images(own));
  });

  it("refuses before it trains what would be refused after", async () => {
    const storages: Record<string, Storage> = {};
    const named = readersOf();
    const readers = { ...named, storage: (path: string) => (storages[path] ??= memory(path)) };
    const asked = (settings: object) => made(plus({ within: "banks" }, settings as never), { readers });
    await expect(asked({ ipc: 11, init: "k-means" })).rejects.toMatchObject({
      message: expect.stringContaining("has 10 images, fewer than ipc 11"),
      hint: "Use ipc 10 or less.",
    });
    await expect(asked({ attentionWeight: 1, layers: [7] })).rejects.toThrow("layers: no activation map 7");
    for (const storage of Object.values(storages)) expect(await storage.list()).toEqual([]);
  });

  it("keeps it where several can share it, and takes a finished one as it is", async () => {
    const storages: Record<string, Storage> = {};
    const named = readersOf();
    const readers = { ...named, storage: (path: string) => (storages[path] ??= memory(path)) };
    await made(plus({ within: "banks" }), { readers });
    expect(Object.keys(storages)).toEqual([expect.stringMatching(/^banks\/tiny-[0-9a-f]{8}$/)]);
    const [path] = Object.keys(storages);
    const bytes = await storages[path!]!.read("finished.json");
    await made(plus({ within: "banks" }, { ipc: 2 }), { readers });
    expect(Object.keys(storages)).toEqual([path]);
    expect(await storages[path!]!.read("finished.json")).toEqual(bytes);
    await made(plus({ within: "banks", epochs: 11 }), { readers });
    expect(Object.keys(storages)).toHaveLength(2);
    // A path is a choice: its bank has other epochs than this one would.
    const chosen = await made(plus({ path, epochs: 20 }), { readers });
    expect(JSON.parse(new TextDecoder().decode(await chosen.read("record.json"))).config.networks).toBe(13);
  });

  it("is made anew in another place where the images are others, and refused in a place of its own", async () => {
    const storages: Record<string, Storage> = {};
    const known = readersOf();
    const storage = (path: string): Storage => (storages[path] ??= memory(path));
    const others = {
      ...tiny,
      train: takeImages(
        tiny.train,
        Uint32Array.from({ length: 27 }, (_, i) => i),
      ),
    };
    const before = { ...known, storage };
    const after: Readers = { ...before, dataset: (options: DataOptions) => loaded(others, options) };
    const noise = { init: "noise", iterations: 1 };
    for (const readers of [before, after]) await made(plus({ within: "banks" }, noise), { readers });
    expect(Object.keys(storages)).toHaveLength(2);
    await made(plus({ path: "mine" }, noise), { readers: before });
    const again = made(plus({ path: "mine" }, noise), { readers: after });
    await expect(again).rejects.toMatchObject({
      message: "mine is a bank of tiny/train with 30 images; these are other images: tiny/train with 27",
      hint: "Remove that bank, or choose another place for the new one.",
    });
  });

  it("takes other pixels and another factor than its preset has", async () => {
    const settings = { space: "normalized", zca: true, factor: 1, iterations: 1, init: "noise" };
    const storage = await made(plus({}, settings));
    const record = JSON.parse(new TextDecoder().decode(await storage.read("record.json")));
    expect(record.config).toMatchObject({ space: "normalized", zca: true, factor: 1 });
    expect(() => job({ kind: "distill", method: { name: "dc", preset: "plus" } })).toThrow(
      "method dc does not match class means",
    );
  });

  it("of a merged run is a shard's", async () => {
    const shards: Record<string, Storage> = {};
    for (const [name, classes] of [
      ["a", [0, 2]],
      ["b", [1]],
    ] as const) {
      shards[name] = memory(name);
      await drive({ ...plus({}, { iterations: 2, init: "noise" }), classes } as never, shards[name]);
    }
    const merged = memory("merged");
    await mergeRuns(Object.values(shards), merged, { owner: { id: "test" } });
    const bank = shards.a!.at("bank");
    const readers = readersOf({ [bank.name]: bank });
    await drive(plus({}, { iterations: 3, init: "noise" }) as never, merged, { readers });
    const single = await made(plus({}, { iterations: 3, init: "noise" }));
    expect(await images(merged)).toEqual(await images(single));
  });

  it("has the same bytes when it is stopped at any place and resumed", async () => {
    const expected = await images(await made(plus()));
    const storage = memory();
    let stops = 0;
    for (let done = false; !done; ) {
      const controller = new AbortController();
      const options = {
        ...{ engine: createEngine, readers: readersOf(), signal: controller.signal },
        checkpoint: { steps: 1 },
      };
      let steps = 0;
      for await (const event of run(plus() as never, storage, options)) {
        if (event.type === "progress" && ++steps >= 9) controller.abort();
        if (event.type === "finished") done = true;
      }
      if (!done) stops++;
      expect(stops).toBeLessThan(100);
    }
    expect(stops).toBeGreaterThan(3);
    expect(await images(storage)).toEqual(expected);
    expect(types(await drive(plus() as never, storage))).toEqual(["finished"]);
  });

  it.each([
    { images: 6, each: 6 },
    // All that a class has.
    { images: 250, each: 10 },
  ])(
    "tells the work of later stages in steps of the present one, with $images images a draw",
    async ({ images: most, each }) => {
      const events = await drive(plus({ images: most }) as never, memory());
      const first = (stage: string) => events.find((event) => event.type === "progress" && event.stage === stage);
      // 10 epochs of 30 images with 3 passes each; 13 x 2 draws of 3 classes; 8 steps of 12 images with 2 passes each.
      const [training, statistics, distilling] = [900, 26 * 3 * each, 192];
      const ahead = ((statistics + distilling) / training) * 10;
      expect(first("training")).toMatchObject({ total: 10, ahead: expect.closeTo(ahead, 6) });
      expect(first("statistics")).toMatchObject({ ahead: expect.closeTo((distilling / statistics) * 78, 6) });
      expect(first("distilling")).not.toHaveProperty("ahead");
    },
  );

  it("is planned with its bank, and without it once that is made", async () => {
    const options = { engine: createEngine, readers: readersOf() };
    const names = async (more: object = {}): Promise<string[]> =>
      (await plan(plus() as never, { ...options, ...more })).phases.map(({ name }) => name);
    const whole = await names();
    expect(whole).toEqual(expect.arrayContaining(["training", "statistics", "distilling, first visits", "the set"]));
    const storage = await made(plus({}, { iterations: 4 }));
    const left = await names({ storage });
    expect(left).not.toContain("training");
    expect(left).toContain("distilling, first visits");
    const more = await plan(plus({ draws: 5 }) as never, { ...options, storage });
    expect(more.phases.find(({ name }) => name === "statistics")).toMatchObject({ count: 13 * 3 * 3 });
  });
});

describe("a recipe follows the data set", () => {
  const set = (count: number, classes: number) => ({
    ...tiny.train,
    count,
    classNames: Array<string>(classes).fill(""),
  });

  it("trains for about as many images, between 10 and 50 epochs, but a few images for longer", () => {
    expect(settleRecipe({}, set(50_000, 10))).toMatchObject({
      networks: 2,
      epochs: 12,
      draws: 8,
      images: 250,
      seed: 0,
    });
    expect(settleRecipe({}, set(45_000, 100))).toMatchObject({ epochs: 13, draws: 4, images: 100 });
    expect(settleRecipe({}, set(100_000, 200))).toMatchObject({ epochs: 10, draws: 2, images: 50 });
    expect([10_000, 360, 120, 24].map((count) => settleRecipe({}, set(count, 3)).epochs)).toEqual([50, 50, 150, 200]);
    expect(settleRecipe({ passes: 1_000_000 }, set(50_000, 10)).epochs).toBe(20);
    expect(settleRecipe({ epochs: 3, draws: 1 }, set(360, 3))).toMatchObject({ epochs: 3, draws: 1 });
  });

  it("keeps snapshots at equal intervals, and three before the first of these ends", () => {
    expect(settleRecipe({ epochs: 3 }, set(10, 2)).snapshots).toEqual([0, 0.25, 0.5, 1, 2, 3]);
    expect(settleRecipe({ epochs: 50 }, set(10, 2)).snapshots).toEqual([
      0, 0.75, 1.5, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48, 50,
    ]);
    expect(settleRecipe({ epochs: 200 }, set(10, 2)).snapshots).toHaveLength(23);
  });
});
