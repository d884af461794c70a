// The job that replays, in memory: what a set is worth as the memory of a stream, network by network.

import { beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { prepare, randomSubset } from "../../../src/images/index.ts";
import { readJournal } from "../../../src/lab/folder/journal.ts";
import { job, memory, type Readers, run, type Storage } from "../../../src/lab/index.ts";
import type { ReplayResult } from "../../../src/lab/kinds/replay.ts";
import { encodeSyntheticSet } from "../../../src/run/portable.ts";
import { drive, readersOf, tiny, types } from "../support.ts";

const small = {
  ...{ kind: "replay", set: "mine", data: { dataset: "tiny" }, batch: 5, points: 2, networks: 2, arch: "convnet" },
  execution: { workers: 1 },
};
const setStorage = memory("mine");
const readers: Readers = readersOf({ mine: setStorage });

async function put(seed: number): Promise<void> {
  const set = randomSubset(await prepare(tiny.train, { zca: false }), 2, seed);
  await setStorage.write(
    "synthetic.safetensors",
    encodeSyntheticSet({ ...set, provenance: { width: 4, norm: "instance" } }),
  );
}

beforeAll(() => put(0));

async function resultOf(value: object, storage: Storage): Promise<ReplayResult> {
  return ((await drive(job(value), storage, { readers })).at(-1) as { result: ReplayResult }).result;
}

describe("replay", () => {
  it("measures every network along the stream, with the set and without", async () => {
    const { capacity, points } = await resultOf({ ...small, classes: [1, 2] }, memory());
    expect(capacity).toBe(6);
    expect(points.map(({ images, classes }) => [images, classes])).toEqual([
      [10, 1],
      [20, 2],
    ]);
    for (const point of points) {
      expect([point.with.length, point.without.length]).toEqual([2, 2]);
      for (const accuracy of [...point.with, ...point.without]) expect(accuracy).toBeLessThanOrEqual(100);
    }
    // A memory with images of all classes trains another network than one without.
    expect(points[0]!.with).not.toEqual(points[0]!.without);
  });

  it("stops at a signal, and resumes after the networks that are done", async () => {
    const storage = memory();
    const controller = new AbortController();
    const options = { engine: createEngine, readers, signal: controller.signal };
    for await (const event of run(job(small), storage, options)) {
      if (event.type === "result") controller.abort(new Error("enough"));
    }
    expect([...(await readJournal(storage)).keys()]).toEqual(["network 0 with"]);
    const events = await drive(job(small), storage, { readers });
    expect(types(events)).toEqual(["resumed", "note", "result", "result", "result", "finished"]);
    expect((events.at(-1) as { result: unknown }).result).toEqual(await resultOf(small, memory()));
    expect(types(await drive(job(small), storage, { readers }))).toEqual(["finished"]);
  });

  it("refuses to resume with another set", async () => {
    const storage = memory();
    await resultOf({ ...small, networks: 1, points: 1 }, storage);
    await put(1);
    await expect(resultOf({ ...small, networks: 1, points: 1 }, storage)).rejects.toThrow(
      "The set at mine is not the one that this was begun with",
    );
    await put(0);
  });

  it.each([
    [{ set: "nowhere" }, "No distilled set at nowhere"],
    [{ classes: [3] }, "`classes`: there is no class 3"],
    [{ arch: "convnett" }, "convnett"],
  ])("refuses %j before any work, and leaves nothing", async (keys, message) => {
    const storage = memory();
    await expect(resultOf({ ...small, ...keys }, storage)).rejects.toThrow(message);
    expect(await storage.list()).toEqual([]);
  });
});
