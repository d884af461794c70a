// Tables as jobs, in memory: cells that are jobs, records, several processes at once.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { type Event, type JobValue, job, memory, readSet, run, type Storage } from "../../../src/lab/index.ts";
import { drive, readersOf, types } from "../support.ts";

const table = {
  kind: "table",
  dataset: "tiny",
  networks: 2,
  epochs: 2,
  config: { width: 4, batchReal: 2 },
  columns: [
    { name: "IPC 1", ipc: 1 },
    { name: "MLP", ipc: 1, arch: "mlp" },
  ],
  rows: [
    { name: "Random", select: "random" },
    { name: "DM", distill: "dm", config: { iterations: 3 } },
    { name: "whole set", whole: true, epochs: 1 },
    { name: "nothing", distill: "datadam", config: { attentionWeight: 0, lambda: 0 } },
  ],
  execution: { workers: 1 },
} as const;
const value = table as unknown as JobValue;

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly leftOut: string | null;
  readonly measured: readonly { readonly accuracy: number }[];
}

function cellsOf(events: readonly Event[]): readonly Cell[] {
  const last = events.at(-1);
  expect(last?.type).toBe("finished");
  return (last as unknown as { result: { cells: readonly Cell[] } }).result.cells;
}

async function recordsOf(storage: Storage): Promise<Record<string, string>> {
  const records = storage.at("records");
  const texts = (await records.list()).map(async (name) => [name, new TextDecoder().decode(await records.read(name))]);
  return Object.fromEntries(await Promise.all(texts));
}

/** Folders of sets: named by what decides them. */
const setsOf = async (storage: Storage): Promise<string[]> =>
  (await storage.list()).filter((name) => /^[0-9a-f]{16}\/$/.test(name));

describe("a job that fills a table", () => {
  it("is checked as a whole, naming rows and columns", () => {
    expect(job(job(value))).toEqual(job(value));
    expect(() => job({ ...table, rows: [{ name: "DM", distill: "dmm" }] })).toThrow(
      /^row "DM": distill: must be .* got "dmm"; did you mean dm\?$/,
    );
    expect(() => job({ ...table, seeds: [1, 1], colums: [] })).toThrow('unknown key "colums"; did you mean columns?');
  });

  it("trains networks once for all rows that ask for the same", async () => {
    const bank = { networks: 1, draws: 1, images: 4 };
    const plus = { distill: "datadam", preset: "plus", config: { iterations: 2, width: 4, batchReal: 250 } };
    const rows = [
      { name: "A", ...plus, bank: { ...bank, epochs: 10 } },
      { name: "B", ...plus, bank: { ...bank, epochs: 10 }, config: { ...plus.config, crossEntropy: 1 } },
      { name: "C", ...plus, bank: { ...bank, epochs: 11 } },
    ];
    const storage = memory();
    const banked = { ...table, config: {}, columns: table.columns.slice(0, 1), networks: 1, rows };
    await drive(banked as never, storage);
    expect(await storage.at("banks").list()).toHaveLength(2);
    const records = Object.entries(await recordsOf(storage)).filter(([name]) => name.startsWith("datadam"));
    const sets = records.map(([, text]) => JSON.parse(text).set);
    expect(sets.map(({ bank: { epochs, networks } }) => [epochs, networks]).sort()).toEqual([
      [10, 1],
      [10, 1],
      [11, 1],
    ]);
    expect(sets.map(({ config: { networks } }) => networks).sort()).toEqual([13, 13, 14]);
    expect(types(await drive(banked as never, storage))).toEqual(["finished"]);
    expect(() => job({ ...table, rows: [{ name: "R", select: "random", bank }] })).toThrow(
      'row "R": bank is for rows that distill',
    );
  });

  it("makes each set once, evaluates it under each column, records both, and finds itself finished", async () => {
    const storage = memory();
    const events = await drive(value, storage);
    const cells = cellsOf(events);
    expect(cells.map(({ row, column, leftOut, measured }) => [row, column, leftOut !== null, measured.length])).toEqual(
      [
        ["Random", "IPC 1", false, 2],
        ["Random", "MLP", false, 2],
        ["DM", "IPC 1", false, 2],
        ["DM", "MLP", false, 2],
        ["whole set", "IPC 1", false, 1],
        ["whole set", "MLP", false, 1],
        ["nothing", "IPC 1", true, 0],
        ["nothing", "MLP", true, 0],
      ],
    );
    expect(events.filter(({ type }) => type === "result")).toHaveLength(6);
    expect(Object.keys(await recordsOf(storage)).map((name) => name.replace(/-[0-9a-f]{16}/, ""))).toEqual([
      "data-tiny.json",
      ...["dm-ipc1.json", "dm-ipc1.json", "random-ipc1.json", "random-ipc1.json", "whole.json", "whole.json"],
    ]);
    const sets = await setsOf(storage);
    expect(sets).toHaveLength(3);
    const jobs = await Promise.all(sets.map((set) => storage.read(`${set}job.json`)));
    expect(jobs.filter((bytes) => bytes !== undefined)).toHaveLength(2);
    expect(types(await drive(value, storage))).toEqual(["finished"]);
  });

  it("measures again what is no longer recorded, from the sets that are there", async () => {
    const storage = memory();
    await drive(value, storage);
    const before = await recordsOf(storage);
    for (const name of Object.keys(before)) if (name.startsWith("dm")) await storage.remove(`records/${name}`);
    const events = await drive(value, storage);
    expect(types(events)).toEqual(["resumed", "note", "result", "result", "finished"]);
    expect(await recordsOf(storage)).toEqual(before);
  });

  it("stopped at any moment and run again, ends with the same records", async () => {
    const [whole, stopped] = [memory(), memory()];
    await drive(value, whole);
    for (const stage of ["evaluating Random, MLP", "distilling", "evaluating DM, IPC 1", "training"]) {
      const controller = new AbortController();
      const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
      const seen: string[] = [];
      for await (const event of run(value, stopped, options)) {
        seen.push(event.type);
        if (event.type === "progress" && event.stage === stage) controller.abort();
      }
      expect(seen.at(-1), stage).toBe("stopped");
    }
    await drive(value, stopped);
    expect(await recordsOf(stopped)).toEqual(await recordsOf(whole));
  });

  it("is shared: each cell is measured once, by whoever comes first", async () => {
    const [alone, first, second] = [memory(), memory("first"), memory("second")];
    await drive(value, alone);
    const readers = readersOf({ first, records: first.at("records") });
    const joining = { ...table, work: "first", records: "records" } as unknown as JobValue;
    const both = await Promise.all([drive(value, first, { readers }), drive(joining, second, { readers })]);
    const results = both.flat().filter(({ type }) => type === "result");
    expect(new Set(results.map((event) => (event as { key: string }).key)).size).toBe(6);
    expect(cellsOf(both[0]!)).toEqual(cellsOf(both[1]!));
    expect(await recordsOf(first)).toEqual(await recordsOf(alone));
    expect(await setsOf(first)).toEqual(await setsOf(alone));
    expect(await setsOf(second)).toEqual([]);
  });

  it("grows: more networks, other rows; what is recorded stays", async () => {
    const storage = memory();
    const small = { ...table, rows: table.rows.slice(0, 1) };
    const before = cellsOf(await drive(small as unknown as JobValue, storage));
    const events = await drive({ ...small, networks: 3 } as unknown as JobValue, storage);
    const after = cellsOf(events);
    expect(types(events)).not.toContain("started");
    expect(after[0]!.measured).toHaveLength(3);
    expect(after[0]!.measured.slice(0, 2)).toEqual(before[0]!.measured);
  });

  it("measures a set that is named as it measures its own, and tells what fails from what does not", async () => {
    const [storage, other] = [memory(), memory()];
    const small = { ...table, columns: table.columns.slice(0, 1), rows: table.rows.slice(1, 2) };
    const [cell] = cellsOf(await drive(small as unknown as JobValue, storage));
    const ours = storage.at((await setsOf(storage))[0]!.slice(0, -1));
    expect((await readSet(ours)).provenance).toMatchObject({ method: "dm", iteration: 3 });
    const readers = {
      ...readersOf({ "sets/ours": ours }),
      file: async (path: string) =>
        path === "sets/ours/synthetic.safetensors" ? ours.read("synthetic.safetensors") : undefined,
    };
    const rows = [
      { name: "lost", path: "lost" },
      { name: "ours", path: "ours" },
    ];
    const named = { ...small, folder: "sets", rows } as unknown as JobValue;
    const events: Event[] = [];
    const failing = async (): Promise<void> => {
      for await (const event of run(named, other, { engine: createEngine, readers })) events.push(event);
    };
    await expect(failing()).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
      message: "lost, IPC 1: there is no set at sets/lost",
    });
    expect(events).toContainEqual({ type: "warning", message: "lost, IPC 1: there is no set at sets/lost" });
    const result = events.find(({ type }) => type === "result") as { value?: { accuracies: number[] } } | undefined;
    expect(result?.value?.accuracies).toEqual(cell!.measured.map(({ accuracy }) => accuracy));
    expect(await ours.list()).not.toContain("result.json.lock");
  });

  it("keeps a set in the folder that its cell names", async () => {
    const storage = memory();
    const rows = [{ ...table.rows[1], cells: { "IPC 1": { run: "mine" } } }];
    await drive({ ...table, columns: table.columns.slice(0, 1), rows } as unknown as JobValue, storage);
    expect((await readSet(storage.at("mine"))).labels).toHaveLength(3);
    expect(await setsOf(storage)).toEqual([]);
  });
});
