import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openExperiment } from "../../src/run/index.ts";
import { makeRun, temporaryFolder } from "../support-run.ts";

const plan = { format: "test/1", seed: 0, options: { b: 2, a: 1 } };

describe("openExperiment", () => {
  it("keeps results by key over processes", () => {
    const folder = join(temporaryFolder(), "deep/er");
    const first = openExperiment(folder, plan);
    expect(first.resumed).toBe(false);
    first.journal.add("one", { accuracy: 12.5 });
    first.journal.add("two", null);
    expect(() => first.journal.add("one", 1)).toThrow("has a result of one already");
    first.close();
    expect(() => first.journal.add("late", 1)).toThrow("is closed");
    const second = openExperiment(folder, { ...plan, options: { a: 1, b: 2 } });
    expect(second.resumed).toBe(true);
    expect(second.journal.get("one")).toEqual({ accuracy: 12.5 });
    expect(second.journal.get("two")).toBeNull();
    expect(second.journal.get("three")).toBeUndefined();
    second.close();
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("drops the line that a kill cut off, wherever it was cut, and what is no result", () => {
    const folder = temporaryFolder();
    const whole = openExperiment(folder, plan);
    whole.journal.add("one", 1);
    whole.journal.add("two", 2);
    whole.close();
    const path = join(folder, "journal.jsonl");
    const bytes = readFileSync(path);
    const start = bytes.indexOf("\n") + 1;
    for (let cut = start; cut < bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const { journal, close } = openExperiment(folder, plan);
      expect([journal.get("one"), journal.get("two")]).toEqual([1, undefined]);
      journal.add("two", 2);
      close();
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
    appendFileSync(path, 'nonsense\n{"key":1,"value":2}\n{"key":"one","value":3}\n');
    const { journal, close } = openExperiment(folder, plan);
    expect(journal.get("one")).toBe(1);
    close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it("refuses another plan, naming what differs", () => {
    const folder = temporaryFolder();
    openExperiment(folder, plan).close();
    expect(() => openExperiment(folder, { ...plan, seed: 1, more: [1] })).toThrow(
      "holds another experiment: it differs in seed (there 0, asked 1), more (there nothing, asked [1])",
    );
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("leaves no plan behind where nothing was done of it", () => {
    const folder = join(temporaryFolder(), "new");
    openExperiment(folder, plan).abandon();
    expect(existsSync(folder)).toBe(false);
    const next = openExperiment(folder, { ...plan, seed: 1 });
    next.journal.add("one", 1);
    next.abandon();
    expect(() => openExperiment(folder, plan)).toThrow("holds another experiment");
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("refuses a folder that another writer holds, and the folder of a run", () => {
    const folder = temporaryFolder();
    const held = openExperiment(folder, plan);
    expect(() => openExperiment(folder, plan)).toThrow(`is being written by process ${process.pid}`);
    held.close();
    const run = join(temporaryFolder(), "run");
    makeRun(run).close();
    expect(() => openExperiment(run, plan)).toThrow("holds a run");
  });
});
