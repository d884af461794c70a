// Steps as one plan: each cut for itself, put together, and found by those after it.

import { describe, expect, it } from "vitest";
import { readJob } from "../../src/cluster/folder.ts";
import { collect, statusOf, work } from "../../src/cluster/index.ts";
import { type JobValue, memory, readFinished, type Storage } from "../../src/lab/index.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, readersOf, small } from "../lab/support.ts";
import { planned, workAll, workerOf } from "./support.ts";

const method = { ...small.method, networks: 2, draws: 2 };
const bank = { ...small, kind: "bank", method: { ...method, iterations: 1 } };
const distil = { ...small, method };
const evaluation = { kind: "evaluate", networks: 2, protocol: { ...protocols.quick, epochs: 2 } };
const execution = { workers: 1 };

/** Decoding, statistics, a distillation from them, its evaluation. */
function steps(): JobValue {
  const all = {
    look: { kind: "data", data: { dataset: "tiny" }, inspect: false },
    bank,
    one: { ...distil, bank: "@bank" },
    judged: { ...evaluation, set: "@one" },
  };
  return { kind: "steps", steps: all, execution } as unknown as JobValue;
}

async function bytesOf(storage: Storage, folder: string): Promise<Uint8Array> {
  const bytes = await storage.read(`${folder}/synthetic.safetensors`);
  expect(bytes).toBeDefined();
  return bytes!;
}

describe("steps", () => {
  it("are one plan, each cut and put together, with the bytes of their jobs at once", async () => {
    const storage = memory("plan");
    const plan = await planned(storage, steps());
    expect(plan.stages.map(({ name, first, count, out }) => [name, first, count, out])).toEqual([
      ["look", 0, 1, "steps/look/result"],
      ["bank", 1, 3, undefined],
      ["bank-whole", 4, 1, "steps/bank/result"],
      ["one", 5, 3, undefined],
      ["one-whole", 8, 1, "steps/one/result"],
      ["judged", 9, 2, undefined],
      ["judged-whole", 11, 1, "steps/judged/result"],
    ]);
    expect(plan.by).toBe("steps");
    // No step begins before the one that it needs.
    expect(await work(storage, plan, 5, workerOf(storage))).toEqual({ end: "early", needs: 0 });
    await workAll(storage, plan);
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ done: 12, failed: 0, waiting: 0 });
    await collect(storage, plan, workerOf(storage));

    const [whole, run, judged] = [memory("bank"), memory("run"), memory("judged")];
    await drive({ ...bank, execution } as JobValue, whole);
    await drive({ ...distil, bank: "bank", execution } as JobValue, run, { readers: readersOf({ bank: whole }) });
    await drive({ ...evaluation, set: "run", execution } as unknown as JobValue, judged, {
      readers: readersOf({ run, bank: whole }),
    });
    expect(await bytesOf(storage, "steps/one/result")).toEqual((await run.read("synthetic.safetensors"))!);
    const accuracies = (result: unknown): unknown =>
      (result as { entries: Record<string, { accuracies: unknown }>[] }).entries[0]!.distilled!.accuracies;
    const list = JSON.parse(new TextDecoder().decode(await storage.read("result/steps.json")));
    expect(list.steps.map(({ name, folder }: Record<string, unknown>) => [name, folder])).toEqual(
      ["look", "bank", "one", "judged"].map((name) => [name, `steps/${name}/result`]),
    );
    const finished = await readFinished(judged);
    expect(accuracies(list.steps[3].result)).toEqual(accuracies(finished?.result));
    expect(accuracies(finished?.result)).toHaveLength(2);
  });

  it("are planned without reading data where the number of classes is given", async () => {
    const storage = memory("plan");
    const readers = { ...readersOf(), dataset: () => Promise.reject(new Error("it was read")) };
    const lab = { engine: () => Promise.reject(new Error("no engine")), readers };
    const value = { ...steps(), classes: 1000 } as JobValue;
    const plan = await planned(storage, value, { pieces: 100, measured: true }, lab);
    expect(plan.stages.map(({ count }) => count)).toEqual([1, 100, 1, 100, 1, 2, 1]);
    expect(plan.stages.every(({ needs }) => needs === null)).toBe(true);
    expect(plan.notes.join(" ")).toContain("not measured");
    const { job, title } = await readJob(storage, plan, 102);
    expect(title).toBe("one: classes 0-9");
    expect(job).toMatchObject({ bank: "plan/steps/bank/result", classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });

  it.each<[string, object, RegExp]>([
    ["name a step that comes later", { a: { ...distil, bank: "@b" }, b: bank }, /step a: there is no step "b" before/],
    ["have a wrong name", { "My step": bank }, /cannot be called "My step"/],
    ["hold a job that is wrong", { a: { ...distil, seed: -1 } }, /^step a: .*seed/s],
    ["are none", {}, /no steps/],
    ["hold no jobs", { a: 3 }, /no steps/],
  ])("are refused where they %s", async (_, all, message) => {
    const value = { kind: "steps", steps: all } as unknown as JobValue;
    await expect(planned(memory("plan"), value)).rejects.toThrow(message);
  });

  it("are not varied", async () => {
    await expect(planned(memory("plan"), steps(), { vary: { seed: [1, 2] } })).rejects.toThrow(/cannot be varied/);
  });
});
