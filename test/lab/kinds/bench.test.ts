// The job that measures methods, in memory: cases in turn, kept as they come.

import { expect, it } from "vitest";
import { METHOD_NAMES } from "../../../src/distill/config/index.ts";
import { readJournal } from "../../../src/lab/folder/journal.ts";
import { job, memory } from "../../../src/lab/index.ts";
import type { BenchResult } from "../../../src/lab/kinds/bench/index.ts";
import type { Cost } from "../../../src/lab/kinds/bench/types.ts";
import { drive, types } from "../support.ts";

const config = { width: 4, batchReal: 4, innerLoops: 1 };
const small = { kind: "bench", methods: ["datadam", "dc"], ipc: [2], repeats: 1, config, execution: { workers: 1 } };

it("measures each case here, without what only a process of its own knows", async () => {
  const events = await drive(job(small), memory(), { environment: { machine: "mine" }, versions: { datadam: "1" } });
  expect(types(events)).toEqual(["started", "note", "result", "note", "result", "finished"]);
  const { result } = events.at(-1) as { result: BenchResult };
  expect(result).toMatchObject({ machine: "mine", versions: { datadam: "1" }, device: "cpu", repeats: 1, config });
  expect(Object.keys(result.cases)).toEqual(["datadam.ipc2", "dc.ipc2"]);
  for (const cost of Object.values(result.cases)) {
    expect(cost).toMatchObject({ runs: [cost.seconds], perMatch: cost.seconds / cost.matches, workers: 1 });
    expect([cost.cpu, cost.memoryMb]).toEqual([null, null]);
    expect(cost.seconds).toBeGreaterThan(0);
  }
});

it("keeps what is measured, and resumes after it", async () => {
  const storage = memory();
  const measured: string[] = [];
  const cost = (seconds: number): Cost => ({
    ...{ seconds, perMatch: seconds, matches: 1, cpu: 1, memoryMb: 1, runs: [seconds], workers: 1 },
  });
  const failing = async ({ name }: { name: string }): Promise<Cost> => {
    measured.push(name);
    if (measured.length === 2) throw new Error("out of memory");
    return cost(measured.length);
  };
  await expect(drive(job(small), storage, { measure: failing })).rejects.toThrow("out of memory");
  const events = await drive(job(small), storage, { measure: failing });
  expect(types(events)).toEqual(["resumed", "note", "result", "finished"]);
  expect(measured).toEqual(["datadam.ipc2", "dc.ipc2", "dc.ipc2"]);
  expect([...(await readJournal(storage)).keys()]).toEqual(["datadam.ipc2", "dc.ipc2"]);
  expect(events.at(-1)).toMatchObject({ result: { cases: { "datadam.ipc2": cost(1), "dc.ipc2": cost(3) } } });
});

it.each([
  [{ config: { zca: true } }, "`config.zca` is not for a benchmark"],
  [{ config: { wdth: 4 } }, 'unknown configuration key "wdth"; did you mean width?'],
  [{ methods: ["dc"], config: { norm: "batch" } }, "method dc takes the gradient of one class at a time"],
  [{ repeats: 0 }, "repeats: "],
])("refuses %j before anything is measured", (keys, message) => {
  expect(() => job({ ...small, ...keys })).toThrow(message);
});

it("fills in all defaults, once", () => {
  const parsed = job({ kind: "bench" });
  expect(parsed).toEqual({
    ...{ kind: "bench", methods: [...METHOD_NAMES], ipc: [1, 10, 50], repeats: 3, config: {} },
  });
  expect(job(parsed)).toEqual(parsed);
});
