// The life of a job in a storage: begun, stopped, resumed, finished, refused, taken away.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import {
  holder,
  type JobValue,
  job,
  memory,
  readEvents,
  readFinished,
  readJobFile,
  readRows,
  readSet,
  run,
  type Storage,
} from "../../src/lab/index.ts";
import { defaults, folder, thisProcess } from "../../src/lab/node/index.ts";
import { claim, jsonLinesOf } from "../../src/storage/index.ts";
import { temporaryFolder } from "../support-run.ts";
import { drive, readersOf, small, smallWith, types } from "./support.ts";

const storages: [string, () => Storage][] = [
  ["memory", () => memory()],
  ["a folder", () => folder(join(temporaryFolder(), "run"))],
];

async function filesOf(storage: Storage): Promise<string[]> {
  const names = await storage.list();
  const inner = await Promise.all(
    names.map(async (name) =>
      name.endsWith("/") ? (await filesOf(storage.at(name.slice(0, -1)))).map((file) => name + file) : [name],
    ),
  );
  return inner.flat();
}

async function rowsOf(storage: Storage): Promise<unknown[]> {
  return (await readRows(storage, "metrics.jsonl", "iteration")).map(({ seconds: _, ...row }) => row);
}

describe.each(storages)("a job in %s", (_, make) => {
  it("begins, tells of its work, and finishes", async () => {
    const storage = make();
    const events = await drive(small, storage, { versions: { datadam: "1" } });
    expect(types(events)).toEqual(["started", "note", "note", "checkpoint", "finished"]);
    expect(events.at(-1)).toMatchObject({ result: { images: 3, iteration: 6 }, already: false });
    expect(events.filter(({ type }) => type === "row")).toHaveLength(6);
    expect(await filesOf(storage)).toEqual([
      "checkpoints/state-000006.0001.safetensors",
      "claims/0001.json",
      "events.jsonl",
      "finished.json",
      "grid.png",
      "job.json",
      "metrics.jsonl",
      "record.json",
      "stages/000001.npy",
      "stages/000002.npy",
      "stages/000003.npy",
      "start.npy",
      "synthetic.safetensors",
    ]);
    expect(await readJobFile(storage)).toEqual(job(small));
    const set = await readSet(storage);
    expect([set.labels.length, set.provenance.iteration, set.provenance.preset]).toEqual([3, 6, "quick"]);
    expect(Object.keys((await readFinished(storage))!.files)).toEqual(["synthetic.safetensors", "grid.png"]);
    const recorded = (await jsonLinesOf(storage, "events.jsonl")) as { type: string; claim: number; time: string }[];
    expect(recorded[0]).toMatchObject({ type: "started", claim: 1, job: { kind: "distill" } });
    expect(recorded.map(({ type }) => type)).toContain("progress");
    expect(recorded.at(-1)!.type).toBe("finished");
    expect(Number.isNaN(Date.parse(recorded[0]!.time))).toBe(false);
  });

  it("is watched by its files: who holds it, and the events that count", async () => {
    const storage = make();
    expect([await holder(storage), await readEvents(storage)]).toEqual([undefined, []]);
    const owner = { ...thisProcess(), id: "watched" };
    let seen: unknown;
    let early: string[] = [];
    for await (const event of run(small, storage, { engine: createEngine, readers: readersOf(), owner })) {
      if (event.type !== "checkpoint") continue;
      seen = await holder(storage);
      early = (await readEvents(storage)).map(({ type }) => type);
    }
    expect(seen).toMatchObject({ number: 1, owner });
    expect(early[0]).toBe("started");
    expect(await holder(storage)).toBeUndefined();
    const events = await readEvents(storage);
    expect(events.at(-1)).toMatchObject({ type: "finished", claim: 1 });
    const line = (claim: number): string =>
      `${JSON.stringify({ type: "note", message: `${claim}`, claim, time: "" })}\n`;
    await storage.append("events.jsonl", `${line(3)}${line(2)}null\n{"type":"no`);
    expect(await readEvents(storage)).toEqual([...events, JSON.parse(line(3))]);
  });

  it("is found finished the second time", async () => {
    const storage = make();
    await drive(small, storage);
    const again = await drive(small, storage);
    expect(types(again)).toEqual(["finished"]);
    expect(again[0]).toMatchObject({ already: true, result: { iteration: 6 } });
  });

  it("is not taken for finished where a file of the result is another one, or is gone", async () => {
    const storage = make();
    await drive(small, storage);
    const [set, grid] = [await storage.read("synthetic.safetensors"), await storage.read("grid.png")];
    await storage.write("synthetic.safetensors", set!.with(-1 + set!.length, set!.at(-1)! ^ 1));
    expect(types(await drive(small, storage))).toEqual(["resumed", "note", "finished"]);
    expect(await storage.read("synthetic.safetensors")).toEqual(set);
    await storage.remove("grid.png");
    expect(types(await drive(small, storage))).toEqual(["resumed", "note", "finished"]);
    expect(await storage.read("grid.png")).toEqual(grid);
    expect(types(await drive(small, storage))).toEqual(["finished"]);
  });

  it("stops at a signal and resumes to the bytes of a job that was never stopped", async () => {
    const [stopped, whole] = [make(), make()];
    await drive(small, whole);
    const controller = new AbortController();
    const seen: string[] = [];
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    for await (const event of run(small, stopped, options)) {
      seen.push(event.type);
      if (event.type === "row" && event.row.iteration === 2) controller.abort(new Error("enough"));
    }
    expect(seen.at(-1)).toBe("stopped");
    expect(await readFinished(stopped)).toBeUndefined();
    const { iteration } = (await readSet(stopped)).provenance;
    expect(iteration).toBeLessThan(6);
    expect(types(await drive(small, stopped))).toEqual(["resumed", "note", "checkpoint", "finished"]);
    expect(await stopped.read("synthetic.safetensors")).toEqual(await whole.read("synthetic.safetensors"));
    expect(await stopped.read("grid.png")).toEqual(await whole.read("grid.png"));
    expect(await rowsOf(stopped)).toEqual(await rowsOf(whole));
  });

  it("stops while its initial images are chosen", async () => {
    const controller = new AbortController();
    const storage = make();
    const seen: number[] = [];
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    for await (const event of run(smallWith({ init: "forgetting" }), storage, options)) {
      if (event.type !== "progress") continue;
      expect(event.stage).toBe("training");
      seen.push(event.done);
      controller.abort();
    }
    expect(seen.at(-1)).toBeLessThan(0.5);
    expect(await storage.list()).toEqual([]);
  });

  it("goes beyond its end where more iterations are asked for, and refuses fewer", async () => {
    const [further, whole] = [make(), make()];
    await drive(smallWith({ iterations: 4 }), further);
    await drive(small, whole);
    await drive(small, further);
    expect(await further.read("synthetic.safetensors")).toEqual(await whole.read("synthetic.safetensors"));
    await expect(drive(smallWith({ iterations: 3 }), further)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: "`iterations` 3 is less than the 6 that are done",
    });
    expect(await further.read("synthetic.safetensors")).toEqual(await whole.read("synthetic.safetensors"));
  });

  it("refuses another job, naming what differs, and stays as it was", async () => {
    const storage = make();
    await drive(small, storage);
    const before = await storage.read("job.json");
    await expect(drive(smallWith({ ipc: 2 }), storage)).rejects.toMatchObject({
      code: "RUN_EXISTS",
      message: expect.stringContaining("method.ipc (there 1, given 2)"),
    });
    expect(await storage.read("job.json")).toEqual(before);
    const elsewhere = { ...small, execution: { workers: 2 } };
    expect(types(await drive(elsewhere, storage))).toEqual(["finished"]);
  });

  it("leaves nothing where it fails before there is anything to resume", async () => {
    const storage = make();
    await expect(drive(smallWith({ layers: [7] }), storage)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(await filesOf(storage)).toEqual([]);
    expect(types(await drive(small, storage)).at(-1)).toBe("finished");
  });

  it("refuses a second writer while one works", async () => {
    const storage = make();
    const otherClaim = await claim(storage, { owner: thisProcess(), isAlive: defaults.isAlive });
    await expect(drive(small, storage, { owner: thisProcess(), isAlive: () => true })).rejects.toMatchObject({
      code: "RUN_HELD",
      message: expect.stringContaining(`is being written by process ${process.pid}`),
    });
    await otherClaim.release();
  });

  it("stops where another has taken over, which ends with the same bytes", async () => {
    const [storage, whole] = [make(), make()];
    await drive(smallWith({ iterations: 20 }), whole);
    const late = drive(smallWith({ iterations: 20 }), storage, { checkpoint: { steps: 2 } });
    late.catch(() => undefined);
    while ((await storage.list("checkpoints")).length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const next = await drive(smallWith({ iterations: 20 }), storage, { isAlive: () => false });
    await expect(late).rejects.toMatchObject({ code: "CLAIM_LOST" });
    expect(next.at(-1)).toMatchObject({ type: "finished" });
    expect((await readFinished(storage))?.claim).toBe(2);
    expect(await storage.read("synthetic.safetensors")).toEqual(await whole.read("synthetic.safetensors"));
    expect(await rowsOf(storage)).toEqual(await rowsOf(whole));
  });

  it("is free again when its iteration is left", async () => {
    const storage = make();
    for await (const event of run(small, storage, { engine: createEngine, readers: readersOf() })) {
      if (event.type === "row") break;
    }
    expect(types(await drive(small, storage)).at(-1)).toBe("finished");
  });

  it("refuses a data set that has changed", async () => {
    const storage = make();
    await drive(smallWith({ iterations: 2 }), storage);
    const readers = readersOf();
    const changed = {
      ...readers,
      dataset: async (options: never) => ({ ...(await readers.dataset(options, {} as never)), fingerprint: "x" }),
    };
    await expect(drive(small, storage, { readers: changed as never })).rejects.toMatchObject({ code: "INVALID_DATA" });
  });

  it("refuses an initial set that has changed, where it starts from it again", async () => {
    const [start, other, storage] = [make(), make(), make()];
    await drive(smallWith({ iterations: 1 }), start);
    await drive(smallWith({ iterations: 2 }), other);
    const begun = { ...smallWith({ iterations: 1 }), initial: "start" } as JobValue;
    await drive(begun, storage, { readers: readersOf({ start }) });
    const set = await storage.read("synthetic.safetensors");
    // As a kill before the first checkpoint leaves it.
    for (const name of ["checkpoints", "finished.json", "synthetic.safetensors"]) await storage.remove(name);
    await expect(drive(begun, storage, { readers: readersOf({ start: other }) })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: "The set at start is not the one that the run started from",
    });
    await drive(begun, storage, { readers: readersOf({ start }) });
    expect(await storage.read("synthetic.safetensors")).toEqual(set);
  });

  it("passes over a damaged checkpoint", async () => {
    const [storage, whole] = [make(), make()];
    await drive(small, whole);
    await drive(smallWith({ iterations: 4 }), storage, { checkpoint: { steps: 2 } });
    const file = "checkpoints/state-000004.0001.safetensors";
    const bytes = (await storage.read(file))!;
    bytes[bytes.length - 3]! ^= 4;
    await storage.write(file, bytes);
    const events = await drive(small, storage);
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      message: expect.stringContaining("is damaged (its checksum does not match); trying the one before"),
    });
    expect(await storage.read("synthetic.safetensors")).toEqual(await whole.read("synthetic.safetensors"));
    expect(await rowsOf(storage)).toEqual(await rowsOf(whole));
  });
});

it("gives its result without being iterated", async () => {
  const storage = memory();
  const ran = run(small, storage, { engine: createEngine, readers: readersOf() });
  expect(await ran.result).toMatchObject({ images: 3, iteration: 6 });
});

it("leaves no folder behind where it made one and failed", async () => {
  const above = temporaryFolder();
  await expect(drive(smallWith({ layers: [7] }), folder(join(above, "a/b")))).rejects.toThrow();
  expect(readdirSync(above)).toEqual([]);
});

it("takes a job with the $schema of an editor, of any kind, as the same job", () => {
  const $schema = "./job.schema.json";
  expect(job({ $schema, ...small })).toEqual(job(small));
  expect(job({ $schema, kind: "evaluate", set: "a" })).toEqual(job({ kind: "evaluate", set: "a" }));
  const table = { kind: "table", rows: [{ method: "dm" }], columns: [{ ipc: 1 }] };
  expect(() => job({ $schema, ...table })).not.toThrow(/schema/);
});
