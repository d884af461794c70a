// The job of continual learning, in memory: stopped and resumed, extended, its condensed sets made once.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { readJournal } from "../../../src/lab/folder/journal.ts";
import { job, memory, run, type Storage } from "../../../src/lab/index.ts";
import type { ContinualRecord } from "../../../src/lab/kinds/continual/record.ts";
import { drive, readersOf } from "../support.ts";

const small = {
  ...{ kind: "continual", data: { dataset: "tiny" }, methods: ["dm", "random"], steps: 3, memory: { perClass: 1 } },
  ...{ orders: 1, networks: 2, epochs: 2, preset: "quick", config: { width: 4, iterations: 2, batchReal: 4 } },
  execution: { workers: 1 },
};

/** Without what was measured with a clock. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    ["seconds", "created"].includes(key) ? undefined : inner,
  );
}

async function resultOf(value: object, storage: Storage): Promise<ContinualRecord> {
  return ((await drive(job(value), storage)).at(-1) as { result: ContinualRecord }).result;
}

describe("continual", () => {
  it("measures each method at each step, and how far the first leads", async () => {
    const storage = memory();
    const record = await resultOf(small, storage);
    expect(record).toMatchObject({
      ...{ format: "datadam-continual/1", dataset: "tiny/train", steps: 3, bound: { perClass: 1 }, classes: null },
      protocol: { name: "quick, 2 epochs", epochs: 2 },
      config: { zca: false, width: 4, iterations: 2 },
      methods: [
        { method: "dm", seen: [1, 2, 3], images: [1, 2, 3] },
        { method: "random", seen: [1, 2, 3], images: [1, 2, 3] },
      ],
      lead: [{ method: "dm", over: "random", pairs: 2 }],
    });
    expect((await readJournal(storage)).size).toBe(12);
    expect(JSON.parse(new TextDecoder().decode(await storage.read("continual.json")))).toEqual(record);
    expect(new TextDecoder().decode(await storage.read("continual.svg"))).toMatch(/^<svg/);
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
    // A set that is damaged meanwhile is made again.
    const [file] = await stopped.list("memory");
    await stopped.write(`memory/${file}`, "damaged");
    expect(timeless(await resultOf(small, stopped))).toEqual(timeless(await resultOf(small, whole)));
    expect(await stopped.read(`memory/${file}`)).toEqual(await whole.read(`memory/${file}`));
  });

  it("adds orders and methods to what is there, and refuses other steps", async () => {
    const storage = memory();
    await resultOf({ ...small, methods: ["random"] }, storage);
    expect((await readJournal(storage)).size).toBe(6);
    await resultOf({ ...small, methods: ["random"], orders: 2, networks: 1 }, storage);
    expect((await readJournal(storage)).size).toBe(9);
    await expect(resultOf({ ...small, steps: 2 }, storage)).rejects.toThrow("it differs in steps (there 3, given 2)");
  });

  it("keeps what it condensed, where it was stopped before the first network", async () => {
    const storage = memory();
    const controller = new AbortController();
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    for await (const event of run(job({ ...small, epochs: 200 }), storage, options)) {
      if (event.type === "progress" && event.stage.includes("training")) controller.abort(new Error("enough"));
    }
    expect((await readJournal(storage)).size).toBe(0);
    expect(await storage.list("memory")).toHaveLength(1);
    // Not free for another job, which would find these sets.
    await expect(resultOf({ ...small, seed: 1 }, storage)).rejects.toMatchObject({ code: "RUN_EXISTS" });
  });

  it("trains encoders at each step, for sets with a factor, and resumes to the same result", async () => {
    const encoders = { epochs: 1, networks: 1, snapshots: "last" };
    const config = { width: 4, iterations: 2, batchReal: 4, factor: 2 };
    const value = { ...small, methods: ["dm"], networks: 1, steps: 2, encoders, config };
    const [stopped, whole] = [memory(), memory()];
    const record = await resultOf(value, whole);
    expect(record).toMatchObject({
      encoders: { epochs: 1, networks: 1, snapshots: [1], protocol: { name: "encoder" } },
      methods: [{ method: "dm", seen: [2, 3], images: [2, 3] }],
    });
    const controller = new AbortController();
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    for await (const event of run(job(value), stopped, options)) {
      if (event.type === "result") controller.abort(new Error("enough"));
    }
    expect(timeless(await resultOf(value, stopped))).toEqual(timeless(record));
    const random = memory();
    await resultOf({ ...value, encoders: undefined }, random);
    const files = await whole.list("memory");
    expect(files).toHaveLength(2);
    for (const file of files) {
      const bytes = await whole.read(`memory/${file}`);
      expect(await stopped.read(`memory/${file}`)).toEqual(bytes);
      expect(await random.read(`memory/${file}`)).not.toEqual(bytes);
    }
    await expect(resultOf({ ...value, memory: { perClass: 3 } }, memory())).rejects.toThrow(
      'class "ant" has 10 images, and the memory takes 12 of each of the first 2 classes',
    );
  });

  it("takes streams without steps", async () => {
    const stream = { blur: 0.3, memory: { total: 6 }, steps: 2, networks: 1, methods: ["balanced", "reservoir"] };
    const record = await resultOf({ ...small, ...stream }, memory());
    expect(record).toMatchObject({ stream: { blur: 0.3 }, methods: [{ images: [6, 6] }, { images: [6, 6] }] });
  });

  it.each([
    [{ steps: 4 }, "3 classes cannot come in 4 steps"],
    [{ memory: { total: 2 } }, "a memory of 2 images has none for some of 3 classes"],
    [{ memory: { perClass: 11 } }, 'class "ant" has 10 images, and the memory takes 11 of each of the first 1 classes'],
  ])("refuses %j before any work, and leaves nothing", async (keys, message) => {
    const storage = memory();
    await expect(resultOf({ ...small, ...keys }, storage)).rejects.toThrow(message);
    expect(await storage.list()).toEqual([]);
  });

  it.each([
    [{ methods: ["best"] }, 'unknown method "best"'],
    [{ memory: { perClass: 1, total: 9 } }, "`memory.perClass` does not go with `memory.total`"],
    [{ blur: 0 }, "`blur` needs `memory.total`"],
    [{ blur: 0, memory: { total: 9 } }, 'unknown method "dm" for a stream without steps'],
    [{ config: { ipc: 3 } }, "ipc is not a key of this configuration"],
    [{ config: { init: "set" } }, "init: classes start apart from each other here, not from a set"],
    [{ config: { wdth: 3 } }, 'unknown configuration key "wdth"; did you mean width?'],
    [{ protocol: "best" }, 'unknown protocol "best"'],
    [{ encoders: { epochs: 1, snapshots: [0, 2] } }, "`encoders.snapshots`: an epoch is beyond the 1"],
    [{ encoders: { epochs: 1 }, config: { norm: "batch" } }, "`encoders`: with batch norm"],
    [{ encoders: { networks: 1 } }, "encoders.epochs"],
  ])("is not a job with %j", (keys, message) => {
    expect(() => job({ ...small, ...keys })).toThrow(message);
  });

  it("says what to give instead of a key that it has options for, as a hint", () => {
    const hint = "Use `memory`.";
    expect(() => job({ ...small, config: { ipc: 3 } })).toThrow(expect.objectContaining({ hint }));
  });

  it("is parsed once", () => {
    const parsed = job({ kind: "continual", methods: ["datadam"], config: { zca: "auto" } });
    expect(parsed).toMatchObject({ memory: { perClass: 20 }, preset: "quick", config: { zca: false, width: 32 } });
    expect(job(parsed)).toEqual(parsed);
  });
});
