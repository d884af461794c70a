// Selections of real images as jobs, in memory.

import { describe, expect, it } from "vitest";
import { job, memory, readSet, type Storage } from "../../../src/lab/index.ts";
import { drive, readersOf, smallWith, types } from "../support.ts";

const small = {
  kind: "select",
  data: { dataset: "tiny" },
  method: { name: "k-means", preset: "quick", ipc: 2, width: 8 },
  features: "pixels",
  execution: { workers: 1 },
} as const;

const bytes = (storage: Storage): Promise<Uint8Array | undefined> => storage.read("synthetic.safetensors");

describe("a job that selects", () => {
  it("fills in settings and names features one way", () => {
    const parsed = job({ kind: "select", method: { name: "herding" } });
    expect(parsed).toMatchObject({ method: { name: "herding", preset: "quick" }, features: {}, seed: 0 });
    expect(job(parsed)).toEqual(parsed);
    expect(job({ kind: "select", method: { name: "herding" }, features: "mlp" })).toMatchObject({
      features: { arch: "mlp" },
    });
    expect(() => job({ kind: "select", method: { name: "herding", pwer: 1 } })).toThrow('"pwer"');
    expect(() => job({ kind: "select", method: { name: "herding", preset: "papr" } })).toThrow("did you mean paper?");
    expect(() => job({ kind: "select", method: { name: "herdng" } })).toThrow("method.name: must be");
    expect(() => job({ kind: "select", method: { name: "herding", seed: 7 } })).toThrow(
      "seed: it stands beside `method`",
    );
    expect(() => job({ kind: "select", method: { name: "herding", iterations: 7 } })).toThrow("iterations: of no use");
  });

  it("leaves a set that says how it was chosen, the same with any number of workers", async () => {
    const [one, two] = [memory(), memory()];
    const events = await drive(small, one);
    expect(types(events)).toEqual(["started", "note", "finished"]);
    expect(events.at(-1)).toMatchObject({ result: { images: 6, method: "k-means" } });
    const { labels, provenance, shape } = await readSet(one);
    expect([labels.length, shape]).toEqual([6, [1, 8, 8]]);
    expect(provenance).toMatchObject({ method: "k-means", features: "pixels", init: "k-means", ipc: 2, iteration: 0 });
    await drive({ ...small, execution: { workers: 2 } }, two);
    expect(await bytes(two)).toEqual(await bytes(one));
    expect(types(await drive(small, one))).toEqual(["finished"]);
  });

  it("chooses by the features of a network, whose options it records", async () => {
    const storage = memory();
    await drive({ ...small, features: { arch: "mlp", width: 4 } } as never, storage);
    expect((await readSet(storage)).provenance).toMatchObject({
      features: "mlp",
      featuresNetwork: { width: 4 },
    });
  });

  it("whitens where the settings say so", async () => {
    const storage = memory();
    await drive({ ...small, method: { ...small.method, zca: true } } as never, storage);
    expect((await readSet(storage)).preprocessing.zca).toBeDefined();
  });

  it("is where a distillation starts from", async () => {
    const [chosen, distilled] = [memory("chosen"), memory()];
    await drive(small, chosen);
    const start = { ...smallWith({ ipc: 2, iterations: 0 }), initial: "chosen" };
    await drive(start, distilled, { readers: readersOf({ chosen }) });
    expect((await readSet(distilled)).images).toEqual((await readSet(chosen)).images);
  });

  it.each([
    [{ method: { name: "k-means", preset: "quick", ipc: 300 } }, "has 10 images, fewer than ipc 300"],
    [{ features: {}, parameters: "gone.safetensors" }, "Cannot read the parameters gone.safetensors"],
    [{ features: { arch: "lenet", norm: "batch" } }, 'lenet: norm "batch" does not apply'],
    [{ classes: [7] }, "there is no class 7"],
  ])("%j: says so, and leaves nothing behind", async (change, message) => {
    const storage = memory();
    await expect(drive({ ...small, ...change } as never, storage)).rejects.toThrow(message);
    expect(await storage.list()).toEqual([]);
  });
});
