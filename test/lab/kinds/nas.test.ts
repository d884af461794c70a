// The job that searches architectures, in memory: stopped and resumed, extended, made again where a run has changed.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { prepare, randomSubset } from "../../../src/images/index.ts";
import { readJournal } from "../../../src/lab/folder/journal.ts";
import { job, memory, run, type Storage } from "../../../src/lab/index.ts";
import type { NasRecord } from "../../../src/lab/kinds/nas/record.ts";
import { readReference } from "../../../src/lab/kinds/nas/reference.ts";
import { defaults } from "../../../src/lab/node/index.ts";
import { candidates, spaces } from "../../../src/nas/index.ts";
import { encodeSyntheticSet } from "../../../src/run/portable.ts";
import { drive, readersOf, tiny, types } from "../support.ts";

const space = { name: "small", axes: { depth: [1], width: [4], norm: ["none", "instance"] } };
const small = {
  ...{ kind: "nas", data: { dataset: "tiny" }, proxies: ["random", "early-stopping"], space, ipc: 1, epochs: 2 },
  ...{ validation: { share: 0.2 }, reference: { epochs: 1 }, retrain: { epochs: 1, images: 12 } },
  execution: { workers: 1 },
};

/** Without what was measured with a clock. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    ["seconds", "projectedSeconds", "created", "lanes"].includes(key) ? undefined : inner,
  );
}

async function resultOf(value: object, storage: Storage, readers = readersOf()): Promise<NasRecord> {
  const last = (await drive(job(value), storage, { readers })).at(-1);
  return (last as { result: NasRecord }).result;
}

describe("nas", () => {
  it("ranks by every proxy and by the reference, and trains what they select", async () => {
    const storage = memory();
    const record = await resultOf(small, storage);
    expect(record).toMatchObject({
      ...{ format: "datadam-nas/1", dataset: "tiny/train", spaceSize: 2, candidates: 2, validationImages: 6 },
      reference: { from: "train", epochs: 1, images: 24 },
      retrained: { epochs: 1, images: 12 },
      proxies: [
        { name: "random", storedImages: 3, seenImages: 6 },
        { name: "early-stopping", storedImages: 24, seenImages: 6 },
        { name: "whole set", storedImages: 24, seenImages: 24, agreement: { count: 2, spearman: { value: 1 } } },
      ],
    });
    expect(record.proxies.map(({ results }) => results.map(({ id }) => id))).toEqual(
      Array(3).fill(["1-4-none", "1-4-instance"]),
    );
    expect(record.proxies.every(({ selected }) => typeof selected.testAccuracy === "number")).toBe(true);
    const file = new TextDecoder().decode(await storage.read("nas.json"));
    expect(JSON.parse(file)).toEqual(record);
    expect(new TextDecoder().decode(await storage.read("nas.svg"))).toMatch(/^<svg/);
  });

  it("stops at a signal, and resumes to the same result", async () => {
    const [stopped, whole] = [memory(), memory()];
    const controller = new AbortController();
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    const seen: string[] = [];
    for await (const event of run(job(small), stopped, options)) {
      seen.push(event.type);
      if (event.type === "result") controller.abort(new Error("enough"));
    }
    expect(seen.at(-1)).toBe("stopped");
    const recorded = (await readJournal(stopped)).size;
    expect(recorded).toBeGreaterThan(0);
    expect(recorded).toBeLessThan(6);
    expect(timeless(await resultOf(small, stopped))).toEqual(timeless(await resultOf(small, whole)));
  });

  it("adds proxies and architectures to what is there, and refuses another search", async () => {
    const storage = memory();
    await resultOf({ ...small, proxies: ["random"], retrain: undefined, reference: undefined }, storage);
    expect((await readJournal(storage)).size).toBe(2);
    const record = await resultOf({ ...small, proxies: ["whole"], retrain: undefined, reference: undefined }, storage);
    expect(record.proxies.map(({ name }) => name)).toEqual(["whole set"]);
    expect([...(await readJournal(storage)).keys()].filter((key) => key.startsWith("random"))).toHaveLength(2);
    await expect(resultOf({ ...small, seed: 1 }, storage)).rejects.toThrow("it differs in seed (there 0, given 1)");
  });

  it("is made again where the set of a run has changed, and not otherwise", async () => {
    const [storage, setStorage] = [memory(), memory("mine")];
    const prepared = await prepare(tiny.train, { zca: false });
    const readers = readersOf({ mine: setStorage });
    const put = (seed: number): Promise<void> =>
      setStorage.write("synthetic.safetensors", encodeSyntheticSet(randomSubset(prepared, 1, seed)));
    const wanted = { ...small, proxies: ["mine"], reference: undefined, retrain: undefined };
    await put(1);
    const first = await resultOf(wanted, storage, readers);
    expect(Object.keys(first.inputs)).toEqual(["mine"]);
    expect(types(await drive(job(wanted), storage, { readers }))).toEqual(["finished"]);
    await put(2);
    const again = await resultOf(wanted, storage, readers);
    expect(again.inputs.mine).not.toBe(first.inputs.mine);
    expect((await readJournal(storage)).size).toBe(4);
    await setStorage.remove("synthetic.safetensors");
    expect(types(await drive(job(wanted), storage, { readers }))).toEqual(["finished"]);
  });

  it("reads the reference rankings of records that are kept with the project", async () => {
    const path = "records/nas/cifar10.json";
    const { proxies } = JSON.parse(readFileSync(path, "utf8")) as NasRecord;
    const all = candidates(spaces["convnet-720"]!).filter(({ id }) =>
      proxies[0]!.results.some((result) => result.id === id),
    );
    const { about, results } = await readReference(path, all, defaults.readers);
    expect(about).toEqual({ from: path, epochs: 2, images: 6000 });
    expect(results.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(results).toHaveLength(48);
  });

  it.each([
    [{ proxies: ["best"] }, "proxy best: No distilled set at best"],
    [{ sample: 3 }, "the space has 2 architectures, fewer than 3"],
    [{ reference: { from: "gone.json" } }, "Cannot read gone.json: there is no such file"],
  ])("refuses %j before it trains, and leaves nothing", async (keys, message) => {
    const storage = memory();
    await expect(resultOf({ ...small, ...keys }, storage)).rejects.toThrow(message);
    expect(await storage.list()).toEqual([]);
  });

  it.each([
    [{ space: "huge" }, 'unknown search space "huge". Known: convnet-720'],
    [{ subset: { norm: ["batch"] } }, 'small has no norm "batch"'],
    [{ proxies: [], reference: undefined }, "a search needs `proxies`, or a `reference`"],
    [{ halving: 1 }, "halving: "],
  ])("is not a job with %j", (keys, message) => {
    expect(() => job({ ...small, ...keys })).toThrow(message);
  });

  it("is parsed once", () => {
    const parsed = job({ kind: "nas", proxies: ["random", "whole"] });
    expect(parsed).toMatchObject({ proxies: ["random"], reference: { from: "train", epochs: 20 }, epochs: 200 });
    expect(job(parsed)).toEqual(parsed);
  });
});
