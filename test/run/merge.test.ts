import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DistillConfig } from "../../src/distill/config/index.ts";
import { mergeRuns, openRun, readRecord } from "../../src/run/index.ts";
import { makeRecord, makeRun, makeSet, makeState, temporaryFolder } from "../support-run.ts";

function finishedRun(classes: readonly number[] | null, config: Partial<DistillConfig> = {}, iteration = 10): string {
  const folder = temporaryFolder();
  const run = makeRun(folder, makeRecord(config, classes));
  const state = makeState(iteration, classes ?? [0, 1, 2], config.averaging !== undefined);
  run.saveCheckpoint(state);
  run.writeResult(makeSet(state), iteration);
  run.close();
  return folder;
}

const file = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

describe("mergeRuns", () => {
  it("gives the bytes of the run over all classes, whatever the order and the cut", () => {
    const whole = finishedRun(null);
    for (const parts of [
      [[0, 1], [2]],
      [[2], [0, 1]],
      [[0, 2], [1]],
      [[1], [2], [0]],
    ]) {
      const out = join(temporaryFolder(), "merged");
      mergeRuns(
        parts.map((classes) => finishedRun(classes)),
        out,
      );
      for (const name of ["synthetic.safetensors", "grid.png", "checkpoints/state-10.safetensors"]) {
        expect(file(out, name).equals(file(whole, name)), `${name} of ${JSON.stringify(parts)}`).toBe(true);
      }
      expect(readRecord(out)).toEqual(makeRecord());
    }
  });

  it("keeps the average of the iterations", () => {
    const averaging = { averaging: 3 };
    const out = join(temporaryFolder(), "merged");
    mergeRuns([finishedRun([2], averaging), finishedRun([0, 1], averaging)], out);
    const name = "checkpoints/state-10.safetensors";
    expect(file(out, name).equals(file(finishedRun(null, averaging), name))).toBe(true);
    const run = openRun(out);
    expect(run.latestCheckpoint()).toEqual(makeState(10, [0, 1, 2], true));
    run.close();
  });

  it("leaves nothing begun behind where the result cannot be written", () => {
    const out = join(temporaryFolder(), "merged");
    const shards = [finishedRun([0, 1]), finishedRun([2])];
    for (const shard of shards) rmSync(join(shard, "checkpoints"), { recursive: true });
    mkdirSync(join(out, "synthetic.safetensors", "in the way"), { recursive: true });
    expect(() => mergeRuns(shards, out)).toThrow("synthetic.safetensors");
    expect(readdirSync(out)).toEqual(["synthetic.safetensors"]);
    rmSync(join(out, "synthetic.safetensors"), { recursive: true });
    expect(mergeRuns(shards, out).labels).toHaveLength(6);
  });

  it("gives a run that can go on", () => {
    const out = join(temporaryFolder(), "merged");
    mergeRuns([finishedRun([0, 1]), finishedRun([2])], out);
    const run = openRun(out);
    expect(run.latestCheckpoint()).toEqual(makeState(10));
    run.close();
  });

  it.each<[string, () => string[], RegExp]>([
    ["a class in two shards", () => [finishedRun([0, 1]), finishedRun([1, 2])], /^Class 1 \(bee\) is in .+ and .+$/],
    ["a class in none", () => [finishedRun([0]), finishedRun([2])], /^No shard has class 1$/],
    [
      "another configuration",
      () => [finishedRun([0, 1]), finishedRun([2], { lambda: 1 })],
      /differ in lambda: 0\.01 and 1$/,
    ],
    ["another seed", () => [finishedRun([0, 1]), finishedRun([2], { seed: 7 })], /differ in seed: 0 and 7$/],
    ["another iteration", () => [finishedRun([0, 1]), finishedRun([2], {}, 8)], /differ in iteration: 10 and 8$/],
    ["no shards", () => [], /^No runs to merge$/],
  ])("refuses %s", (_, shards, message) => {
    expect(() => mergeRuns(shards(), join(temporaryFolder(), "merged"))).toThrow(message);
  });

  it("does not write over a run", () => {
    const taken = finishedRun(null);
    const before = file(taken, "synthetic.safetensors");
    expect(() => mergeRuns([finishedRun([0, 1]), finishedRun([2])], taken)).toThrow("already holds a run");
    expect(file(taken, "synthetic.safetensors").equals(before)).toBe(true);
  });
});
