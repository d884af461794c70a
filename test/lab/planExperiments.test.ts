// Plans of jobs that are many: selections, tables, architecture searches, continual learning.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { type JobValue, lab, memory, type Plan, type PlanOptions, type Storage } from "../../src/lab/index.ts";
import { parseProtocol } from "../../src/train/index.ts";
import { bytesOf, counts, expectAsTaken, filesOf, phase } from "./planning.ts";
import { drive, readersOf, smallWith } from "./support.ts";

const common = { data: { dataset: "tiny" }, execution: { workers: 1 } };
const selection = (name: string, more: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({ kind: "select", method: { name, preset: "quick", ipc: 2, width: 8 }, ...common, ...more }) as never;
const table = (more: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({
    kind: "table",
    dataset: "tiny",
    networks: 2,
    epochs: 40,
    config: { width: 4, batchReal: 2 },
    columns: [{ name: "IPC 1", ipc: 1 }],
    rows: [
      { name: "Random", select: "random" },
      { name: "DM", distill: "dm", config: { iterations: 60 } },
      { name: "whole set", whole: true, epochs: 12 },
    ],
    execution: { workers: 1 },
    ...more,
  }) as never;
const search = (more: Readonly<Record<string, unknown>> = {}): JobValue => {
  const space = { name: "small", axes: { depth: [1, 2], width: [4, 6, 8], norm: ["none", "instance"] } };
  const asked = { proxies: ["random", "early-stopping"], space, ipc: 2, epochs: 12, validation: { share: 0.2 } };
  return { kind: "nas", ...asked, ...common, ...more } as never;
};
const replay = (more: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({
    ...{ kind: "continual", methods: ["dm", "random"], steps: 3, memory: { perClass: 2 }, orders: 2, networks: 2 },
    ...{ epochs: 30, preset: "quick", config: { width: 4, iterations: 40, batchReal: 4 } },
    ...common,
    ...more,
  }) as never;

function planned(job: JobValue, options: Partial<PlanOptions> = {}): Promise<Plan> {
  return lab.plan(job, { engine: createEngine, readers: readersOf(), ...options });
}

async function made(job: JobValue, options: Parameters<typeof drive>[2] = {}): Promise<Storage> {
  const storage = memory();
  await drive(job, storage, options);
  return storage;
}

/** Runs a job until it has told of so many results. */
async function begun(job: JobValue, results: number): Promise<Storage> {
  const storage = memory();
  const controller = new AbortController();
  let seen = 0;
  const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
  for await (const event of lab.run(job, storage, options)) {
    if (event.type === "result" && ++seen === results) controller.abort(new Error("enough"));
  }
  return storage;
}

describe("the plan of an experiment", () => {
  it("has the bytes that a selection then writes", async () => {
    for (const job of [selection("random"), selection("k-means"), selection("herding", { features: "pixels" })]) {
      const plan = await planned(job);
      expect(phase(plan, "the set").disk).toBe(await bytesOf(await made(job), /^synthetic/));
      expect(plan.phases[1]).toMatchObject({ name: expect.stringContaining("choosing by"), count: 3, measured: 3 });
    }
    const whitened = selection("k-means", { method: { name: "k-means", ipc: 1, zca: true, width: 8 }, classes: [2] });
    const plan = await planned(whitened);
    const run = await made(whitened);
    expect(phase(plan, "the set").disk).toBe(await bytesOf(run, /^synthetic/));
    expect(phase(plan, "whitening").disk).toBe(await bytesOf(run, /^preprocessing/));
  });

  it("counts passes and questions of forgetting", async () => {
    expect(counts(await planned(selection("forgetting", { epochs: 4 })))).toEqual({
      loading: "42 image",
      training: "4 epoch",
      "asking for every image": "120 image",
      "the set": "6 image",
    });
  });

  it("has a line for each cell of a table that is not recorded, and writes nothing", async () => {
    const storage = memory();
    const two = table({ seeds: [0, 1] });
    expect(counts(await planned(two, { storage }))).toEqual({
      "Random, IPC 1": "2 set",
      "DM, IPC 1": "2 set",
      "whole set, IPC 1": "2 set",
    });
    expect(await storage.list()).toEqual([]);
    await drive(table({ only: { rows: ["Random"] } }), storage);
    const before = await filesOf(storage);
    const plan = await planned(two, { storage });
    expect(counts(plan)["Random, IPC 1"]).toBe("1 set");
    expect(plan.notes.join(" ")).toContain("Of several seeds of a cell one is measured");
    expect(await filesOf(storage)).toEqual(before);
    await drive(two, storage);
    expect((await planned(two, { storage })).phases).toEqual([]);
  });

  it("takes of a set that is there its evaluation alone", async () => {
    const storage = await begun(table({ rows: [{ name: "DM", distill: "dm", config: { iterations: 60 } }] }), 1);
    const records = await storage.at("records").list();
    for (const name of records.filter((one) => one.startsWith("dm-"))) await storage.remove(`records/${name}`);
    const watchMemory = () => () => 1;
    const rows = [{ name: "DM", distill: "dm", config: { iterations: 60 } }];
    const again = await planned(table({ rows, networks: 3 }), { storage, watchMemory });
    const anew = await planned(table({ rows, networks: 3 }), { watchMemory });
    expect(anew.total.disk).toBeGreaterThan(1000);
    expect(again.total.disk).toBe(0);
  });

  it("counts architectures on every proxy, and those that are left", async () => {
    const job = search({ reference: { epochs: 2 }, retrain: { epochs: 1 } });
    expect(counts(await planned(job))).toEqual({
      loading: "42 image",
      "training on random": "12 network",
      "training on early-stopping": "12 network",
      "training on the reference": "12 network",
      "training on everything": "3 network",
    });
    const storage = await begun(job, 5);
    const plan = await planned(job, { storage });
    expect(phase(plan, "training on random").count).toBe(7);
    expect(phase(plan, "training on the reference").count).toBe(12);
    const later = await planned(job, { storage: await begun(job, 30) });
    expect(phase(later, "training on early-stopping").count).toBe(0);
    expect(phase(later, "training on the reference").count).toBe(6);
    const halved = await planned(search({ proxies: ["random"], halving: 2 }));
    // 12 architectures: 12, 6, 3 and 2 of them.
    expect(phase(halved, "training on random").count).toBe(23);
  });

  it("counts the sets and networks of continual learning, and those that are left", async () => {
    expect(counts(await planned(replay()))).toEqual({
      loading: "42 image",
      "condensing by dm": "6 set",
      "sets by dm": "6 file",
      "training after dm": "12 network",
      "testing after dm": "12 network",
      "condensing by random": "6 set",
      "training after random": "12 network",
      "testing after random": "12 network",
    });
    const storage = await begun(replay(), 4);
    const plan = await planned(replay(), { storage });
    expect(phase(plan, "condensing by dm").count).toBe(4);
    expect(phase(plan, "training after dm").count).toBe(8);
    const stream = { methods: ["reservoir"], memory: { total: 6 }, blur: 0.5 };
    expect(counts(await planned(replay(stream)))).toEqual({
      loading: "42 image",
      "training after reservoir": "12 network",
      "testing after reservoir": "12 network",
    });
  });

  it("takes what the job then takes, by a clock that only its work moves", async () => {
    const protocol = { ...parseProtocol("encoder"), batch: 8 };
    const encoders = { epochs: 60, networks: 2, snapshots: [0, 60], protocol };
    const jobs: JobValue[] = [
      selection("k-means"),
      selection("forgetting", { epochs: 30 }),
      table(),
      table({ rows: [{ name: "DM", distill: "dm", config: { iterations: 60 } }], seeds: [0, 1, 2] }),
      search(),
      search({ proxies: ["run"], reference: { epochs: 3 } }),
      replay(),
      replay({ encoders, methods: ["dm"] }),
    ];
    await expectAsTaken(jobs, [0.8, 1.25]);
  }, 240_000);

  it("says what is not counted", async () => {
    const notes = async (job: JobValue): Promise<string> => (await planned(job)).notes.join(" ");
    expect(await notes(search({ proxies: ["k-means"] }))).toContain("Choosing images by k-means is not counted.");
    expect(await notes(smallWith({}))).not.toContain("not counted");
  });
});
