// Shards of classes merged: the bytes of one run over all classes, which can be resumed.

import { beforeAll, describe, expect, it } from "vitest";
import { type JobValue, memory, readSet, type Storage } from "../../src/lab/index.ts";
import { mergeRuns } from "../../src/lab/merge.ts";
import { drive, smallWith } from "./support.ts";

const owner = { id: "merger" };

/** Shards by their configuration: made once. */
const made = new Map<string, Storage>();
async function shard(classes: readonly number[] | undefined, config: object = {}): Promise<Storage> {
  const key = JSON.stringify([classes, config]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const storage = memory(`shard ${classes?.join()}`);
  await drive({ ...smallWith({ iterations: 3, ...config }), classes } as JobValue, storage);
  made.set(key, storage);
  return storage;
}

describe("mergeRuns", () => {
  let whole: Storage;
  beforeAll(async () => {
    whole = await shard(undefined);
  });

  it.each([
    [[0, 1], [2]],
    [[2], [0, 1]],
    [[0, 2], [1]],
  ])("gives the bytes of the run over all classes from %j and %j", async (a, b) => {
    const out = memory();
    await mergeRuns([await shard(a), await shard(b)], out, { owner });
    for (const name of [
      "synthetic.safetensors",
      "grid.png",
      "stages/000001.npy",
      "checkpoints/state-000003.0001.safetensors",
    ]) {
      expect(await out.read(name), name).toEqual(await whole.read(name));
    }
  });

  it("reads the pictures of a shard once, however many classes it has", async () => {
    const read: string[] = [];
    const counting = (storage: Storage): Storage =>
      new Proxy(storage, {
        get: (target, key) =>
          key === "read"
            ? (name: string) => {
                read.push(name);
                return target.read(name);
              }
            : Reflect.get(target, key),
      });
    await mergeRuns([counting(await shard([0, 1])), await shard([2])], memory(), { owner });
    expect(read.filter((name) => name === "start.npy")).toHaveLength(1);
    expect(read.filter((name) => name === "stages/000001.npy")).toHaveLength(1);
  });

  it.each([{}, { averaging: 2 }, { factor: 2, ipc: 2, crossEntropy: 1, labelRate: 0.2 }])(
    "gives a run that can be resumed, with %j",
    async (config) => {
      const [out, straight] = [memory(), memory()];
      await mergeRuns([await shard([0, 1], config), await shard([2], config)], out, { owner });
      await drive(smallWith({ iterations: 5, ...config }), out);
      await drive(smallWith({ iterations: 5, ...config }), straight);
      expect(await out.read("synthetic.safetensors")).toEqual(await straight.read("synthetic.safetensors"));
      const set = await readSet(out);
      expect(set.provenance.iteration).toBe(5);
      expect(set.softLabels?.length).toBe("labelRate" in config ? 3 * 2 * 4 * 3 : undefined);
    },
  );

  it.each<[string, () => Promise<Storage[]>, RegExp]>([
    [
      "a class in two shards",
      async () => [await shard([0, 1]), await shard([1, 2])],
      /^Class 1 \(bee\) is in shard 0,1 and shard 1,2$/,
    ],
    ["a class in none", async () => [await shard([0]), await shard([2])], /^No shard has class 1$/],
    [
      "another configuration",
      async () => [await shard([0, 1]), await shard([2], { lambda: 1 })],
      /differ in lambda: 0\.01 and 1$/,
    ],
    [
      "another iteration",
      async () => [await shard([0, 1]), await shard([2], { iterations: 2 })],
      /differ in iteration: 3 and 2$/,
    ],
    ["no shards", async () => [], /^No runs to merge$/],
  ])("refuses %s, and leaves nothing behind", async (_, shards, message) => {
    const out = memory();
    await expect(mergeRuns(await shards(), out, { owner })).rejects.toThrow(message);
    expect(await out.list()).toEqual([]);
  });

  it("does not write over a run", async () => {
    const taken = await shard(undefined, { iterations: 1 });
    const before = await taken.read("synthetic.safetensors");
    await expect(mergeRuns([await shard([0, 1]), await shard([2])], taken, { owner })).rejects.toMatchObject({
      code: "RUN_EXISTS",
    });
    expect(await taken.read("synthetic.safetensors")).toEqual(before);
  });
});
