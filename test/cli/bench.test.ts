// `datadam bench`: one row a case, each measured in a process of its own.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cost } from "../../src/lab/kinds/bench/types.ts";
import { runCli, startCli, until } from "../support-cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-bench-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const SMALL = [
  "bench",
  "--repeats",
  "1",
  ...["width=4", "batchReal=4", "innerLoops=1"].flatMap((key) => ["--set", key]),
];

describe("datadam bench", () => {
  it("prints a row a case and writes the record", async () => {
    const words = [...SMALL, "--method", "datadam,dc", "--ipc", "3,3", "--workers", "1", "--out", "methods.json"];
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(code, stderr).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual([
      "method",
      "images a class",
      "seconds a step",
      "matches",
      "seconds a match",
      "of processor",
      "peak memory, MB",
    ]);
    expect(rows.slice(2).map((row) => [row[0], row[1], row[3]])).toEqual([
      ["datadam", "3", "1"],
      ["dc", "3", "3"],
    ]);
    const record = JSON.parse(readFileSync(join(cwd, "methods.json"), "utf8"));
    expect(record).toMatchObject({ device: "cpu", repeats: 1, config: { width: 4, batchReal: 4, innerLoops: 1 } });
    expect(Object.keys(record.cases)).toEqual(["datadam.ipc3", "dc.ipc3"]);
    for (const { seconds, perMatch, matches, cpu, memoryMb, runs, workers } of Object.values<Cost>(record.cases)) {
      expect([runs, workers, perMatch]).toEqual([[seconds], 1, seconds / matches]);
      expect(cpu).toBeGreaterThan(0);
      // The images alone are 59 MiB.
      expect(memoryMb).toBeGreaterThan(100);
      expect(memoryMb).toBeLessThan(2000);
    }
  });

  it.each([
    ["--set zca=true", "error: --set zca is not for a benchmark"],
    ["--set wdth=4", 'error: unknown configuration key "wdth"; did you mean width?'],
    ["--method dc --set norm=batch", "error: method dc takes the gradient of one class at a time"],
    ["--method dm --set power=2", "error: power is a key of method datadam, not of dm"],
    [
      "--method dm --ipc 1 --set depth=9",
      "error: dm.ipc1 could not be measured: convnet: depth 9 halves 32 x 32 images",
    ],
    ["--method datdam", "out of datadam, dc, dm, dsa"],
  ])("%s: says what is wrong", async (words, message) => {
    const { code, stderr } = await runCli(["bench", ...words.split(" ")], { cwd });
    expect(stderr).toContain(message);
    expect(code).toBeGreaterThan(0);
  });

  it("stops its case with itself", async () => {
    const cli = startCli(["bench", "--method", "dsa", "--ipc", "50", "--progress", "plain"], { cwd });
    await until(cli, () => cli.stderr().includes("1 of 1: dsa.ipc50"));
    cli.child.kill("SIGTERM");
    expect((await cli.finished).code).toBe(75);
  });
});
