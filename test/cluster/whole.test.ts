// Jobs cut into plans, done and collected: the bytes of the job done at once.

import { describe, expect, it } from "vitest";
import { collect, statusOf } from "../../src/cluster/index.ts";
import { type JobValue, lab, memory, readFinished, type Storage } from "../../src/lab/index.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, readersOf, small, smallWith } from "../lab/support.ts";
import { labOptions, planned, readersIn, workAll, workerOf } from "./support.ts";

/** All files below a folder whose bytes depend on the job alone. */
async function filesOf(storage: Storage, wanted: RegExp, prefix = ""): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  for (const name of await storage.list(prefix || undefined)) {
    const path = prefix + name;
    if (name.endsWith("/")) Object.assign(found, await filesIn(storage, path.slice(0, -1), wanted));
    else if (wanted.test(path)) found[path] = (await storage.read(path))!;
  }
  return found;
}

async function filesIn(storage: Storage, folder: string, wanted: RegExp): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  for (const name of await storage.list(folder)) {
    const path = `${folder}/${name}`;
    if (name.endsWith("/")) Object.assign(found, await filesIn(storage, path.slice(0, -1), wanted));
    else if (wanted.test(path)) found[path] = (await storage.read(path))!;
  }
  return found;
}

async function byPlan(job: JobValue, options: Parameters<typeof planned>[2] = {}): Promise<Storage> {
  const storage = memory("plan");
  const plan = await planned(storage, job, options);
  await workAll(storage, plan);
  expect((await statusOf(storage, plan, {})).counts).toMatchObject({ failed: 0, waiting: 0, running: 0, lost: 0 });
  const { warnings } = await collect(storage, plan, workerOf(storage));
  expect(warnings).toEqual([]);
  return storage.at("result");
}

async function atOnce(job: JobValue): Promise<Storage> {
  const storage = memory("single");
  await drive(job, storage);
  return storage;
}

const RESULTS = /synthetic\.safetensors$|grid\.png$|statistics\/.*safetensors$|spec\.json$|preprocessing/;

describe("a plan, collected", () => {
  it.each<[string, JobValue]>([
    ["a distillation by classes", small],
    ["a distillation that trains its networks", recipe()],
    ["a bank by classes", bankJob()],
    ["a distillation that cannot be cut", smallWith({ norm: "batch" })],
  ])("has the bytes of the job at once: %s", async (_, job) => {
    const [parts, single] = [await byPlan(job), await atOnce(job)];
    const expected = await filesOf(single, RESULTS);
    delete expected["bank/preprocessing.safetensors"];
    const names = Object.keys(expected).filter((name) => !name.startsWith("bank/"));
    expect(names.length).toBeGreaterThan(0);
    const found = await filesOf(parts, RESULTS);
    for (const name of names) expect(found[name], name).toEqual(expected[name]);
  });

  it("says why a job is planned whole", async () => {
    const reasons: string[] = [];
    for (const job of [
      smallWith({ norm: "batch" }),
      { ...small, method: { name: "dc", ipc: 10 } } as unknown as JobValue,
    ]) {
      const plan = await planned(memory(), job);
      expect(plan.stages.map(({ count }) => count)).toEqual([1]);
      reasons.push(plan.notes.join(" "));
    }
    expect(reasons[0]).toMatch(/cannot be shared out: norm batch couples the classes/);
    expect(reasons[1]).toMatch(/cannot be shared out/);
  });

  it("has the accuracies of an evaluation at once", async () => {
    const run = memory("run");
    await drive(small, run);
    const evaluation = { kind: "evaluate", set: "run", networks: 3, protocol: quick(), chosen: "k-means" } as JobValue;
    const single = memory();
    await drive(evaluation, single, { readers: readersOf({ run }) });
    const before = await run.read("result.json");
    const storage = memory("plan");
    const options = { ...labOptions(storage), readers: readersIn(storage, readersOf({ run })) };
    const plan = await planned(storage, evaluation, { pieces: 2 }, options);
    expect(plan.stages).toMatchObject([{ count: 2 }]);
    await workAll(storage, plan, options);
    // Parts are not results of the run.
    expect(await run.read("result.json")).toEqual(before);
    await collect(storage, plan, workerOf(storage, options));
    const [whole, parts] = [await readFinished(single), await readFinished(storage.at("result"))];
    expect(accuracies(parts?.result)).toEqual(accuracies(whole?.result));
    expect(accuracies(whole?.result).map(({ length }) => length)).toEqual([3, 3, 3]);
  });

  it("has the records of a table at once", async () => {
    const job = table();
    const [parts, single] = [await byPlan(job), await atOnce(job)];
    const wanted = /records\/|synthetic\.safetensors$/;
    expect(await filesOf(parts, wanted)).toEqual(await filesOf(single, wanted));
    expect((await readFinished(parts))?.result).toEqual((await readFinished(single))?.result);
  });

  it.each<[string, object, number]>([
    ["a search", search(), 3],
    ["continual learning", continual(), 2],
  ])("has the numbers of %s at once", async (_, value, jobs) => {
    const job = lab.job(value);
    const storage = memory("plan");
    const plan = await planned(storage, job);
    expect(plan.stages).toMatchObject([{ count: jobs }]);
    await workAll(storage, plan);
    await collect(storage, plan, workerOf(storage));
    const whole = await readFinished(await atOnce(job));
    expect(timeless((await readFinished(storage.at("result")))?.result)).toEqual(timeless(whole?.result));
    // Nothing was done again.
    const log = new TextDecoder().decode(await storage.read("result/events.jsonl"));
    expect(log).toContain('"resumed"');
    expect(log).not.toContain('"type":"progress"');
  });

  it("is a search planned whole where its sets follow from each other", async () => {
    for (const more of [{ ipc: undefined }, { proxies: ["random", "runs/a"] }, { halving: 2 }]) {
      const plan = await planned(memory(), lab.job({ ...search(), ...more }));
      expect(plan.stages).toMatchObject([{ count: 1 }]);
    }
  });

  it("lists the points of a sweep, each with the bytes of its job", async () => {
    const storage = memory("plan");
    const plan = await planned(storage, small, { vary: { seed: [1, 2], "method.ipc": [1, 2] } });
    await workAll(storage, plan);
    await collect(storage, plan, workerOf(storage));
    const list = JSON.parse(new TextDecoder().decode(await storage.read("result/sweep.json")));
    expect(list.points.map(({ values }: { values: unknown }) => values)).toEqual([
      { seed: 1, "method.ipc": 1 },
      { seed: 1, "method.ipc": 2 },
      { seed: 2, "method.ipc": 1 },
      { seed: 2, "method.ipc": 2 },
    ]);
    const single = await atOnce({ ...smallWith({ ipc: 2 }), seed: 2 } as JobValue);
    expect(await storage.read(`${list.points[3].folder}/synthetic.safetensors`)).toEqual(
      await single.read("synthetic.safetensors"),
    );
  });

  it("warns where jobs ran on other instruction sets", async () => {
    const storage = memory("plan");
    const plan = await planned(storage, small);
    await workAll(storage, plan);
    const mark = JSON.parse(new TextDecoder().decode(await storage.read("marks/done/0000/0000001.json")));
    await storage.write("marks/done/0000/0000001.json", JSON.stringify({ ...mark, machine: "other" }));
    const { warnings } = await collect(storage, plan, workerOf(storage));
    expect(warnings).toEqual([expect.stringMatching(/^jobs 1 ran on other, others on test/)]);
  });

  it("is refused where jobs are missing, naming them", async () => {
    const storage = memory("plan");
    const plan = await planned(storage, small);
    await expect(collect(storage, plan, workerOf(storage))).rejects.toThrow(
      "3 of 3 jobs of plan are not done: 0, 1, 2",
    );
    expect(await storage.list("result")).toEqual([]);
  });
});

/** Networks that are trained for one epoch. */
function recipe(): JobValue {
  const { networks: _, ...method } = { ...small.method, networks: 0 };
  return lab.job({ ...small, method, bank: { networks: 1, epochs: 1, draws: 2, images: 4 } });
}

function bankJob(): JobValue {
  return { ...small, kind: "bank", method: { ...small.method, networks: 2, draws: 2, iterations: 1 } } as JobValue;
}

function search(): object {
  const space = { name: "small", axes: { depth: [1], width: [4], norm: ["none", "instance"] } };
  return {
    ...{ kind: "nas", data: { dataset: "tiny" }, proxies: ["random", "early-stopping"], space, ipc: 1, epochs: 2 },
    ...{ validation: { share: 0.2 }, reference: { epochs: 1 }, execution: { workers: 1 } },
  };
}

function continual(): object {
  return {
    ...{ kind: "continual", data: { dataset: "tiny" }, methods: ["herding", "random"], steps: 2, orders: 1 },
    ...{ memory: { perClass: 1 }, networks: 1, epochs: 1, config: { width: 4, depth: 1 }, execution: { workers: 1 } },
  };
}

/** Without what was measured with a clock. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    ["seconds", "projectedSeconds", "created", "lanes"].includes(key) ? undefined : inner,
  );
}

function quick(): object {
  return { ...protocols.quick, epochs: 2 };
}

function table(): JobValue {
  return {
    kind: "table",
    dataset: "tiny",
    seeds: [0, 1],
    networks: 2,
    epochs: 2,
    config: { width: 8, batchReal: 4, iterations: 2 },
    columns: [
      { name: "one", ipc: 1 },
      { name: "two", ipc: 2 },
    ],
    rows: [
      { name: "datadam", distill: "datadam", preset: "quick" },
      { name: "random", select: "random" },
    ],
    execution: { workers: 1 },
  } as unknown as JobValue;
}

/** Of each row. */
function accuracies(result: unknown): number[][] {
  const { entries } = result as { entries: Record<string, { accuracies: number[] }>[] };
  return ["distilled", "random", "chosen"].map((row) => entries[0]![row]!.accuracies);
}
