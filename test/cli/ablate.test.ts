// `datadam ablate` on the built-in data set: small networks, few iterations.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, startCli } from "../support-cli.ts";
import { readResults } from "../support-run.ts";

const SMALL = ["--ipc", "1", "--seed", "3", "--iterations", "3", "--set", "width=8", "--set", "batchReal=8"];
const GRID = ["ablate", ...SMALL, "--vary", "lambda=0,0.01", "--vary", "attentionWeight=0", "--networks", "1"];
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-ablate-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const bytes = (...parts: string[]): Buffer => readFileSync(join(cwd, ...parts));
const CELL = "lambda=0.01,attentionWeight=0";

describe("a grid", { timeout: 300_000 }, () => {
  it("is distilled and evaluated cell by cell; cells that match nothing are left out, with a warning", async () => {
    const { code, stdout, stderr } = await runCli([...GRID, "--out", "grid"], { cwd });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("warning: lambda=0, attentionWeight=0 is left out: attentionWeight and lambda are both 0");
    expect(stdout.split("\n")).toEqual([
      "| lambda | attentionWeight | iterations | test accuracy, % | std | networks | protocol |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      "| 0 | 0 |  | left out |  |  |  |",
      expect.stringMatching(/^\| 0\.01 \| 0 \| 3 \| \d+\.\d \| {2}\| 1 \| quick \|$/),
      "",
    ]);
    expect(bytes("grid/table.md").toString()).toBe(stdout);
    const runFiles = ["claims", "events.jsonl", "finished.json", "job.json", "record.json", "records"];
    expect(readdirSync(join(cwd, "grid")).filter((name) => !runFiles.includes(name))).toEqual([CELL, "table.md"]);
  });

  it("holds the run that distill makes of the same options", async () => {
    const settings = ["--set", "lambda=0.01", "--set", "attentionWeight=0"];
    expect((await runCli(["distill", ...SMALL, ...settings, "--out", "alone"], { cwd })).code).toBe(0);
    expect(bytes("grid", CELL, "synthetic.safetensors").equals(bytes("alone/synthetic.safetensors"))).toBe(true);
  });

  it("killed and started again ends as if it had not been", async () => {
    const words = [...GRID, "--out", "killed", "--checkpoint-every", "1", "--progress", "json"];
    const cli = startCli(words, { cwd, pauseAt: '"done":2,' });
    await cli.paused();
    cli.child.kill("SIGKILL");
    await cli.finished;
    expect(existsSync(join(cwd, "killed/table.md"))).toBe(false);
    expect((await runCli(words, { cwd })).code).toBe(0);
    expect(bytes("killed", CELL, "synthetic.safetensors").equals(bytes("grid", CELL, "synthetic.safetensors"))).toBe(
      true,
    );
    expect(bytes("killed/table.md").equals(bytes("grid/table.md"))).toBe(true);
  });

  it("does nothing again that is there, in whatever form the table is asked for", async () => {
    const { code, stdout, stderr } = await runCli([...GRID, "--out", "grid", "--format", "csv"], { cwd });
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("distilling");
    expect(readResults(join(cwd, "grid", CELL))).toHaveLength(1);
    const [entry] = readResults(join(cwd, "grid", CELL));
    expect(stdout).toBe(
      `lambda,attentionWeight,iterations,"test accuracy, %",std,networks,protocol\n0,0,,left out,,,\n0.01,0,3,${entry!.distilled.mean.toFixed(1)},,1,quick\n`,
    );
    const json = await runCli([...GRID, "--out", "grid", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject([
      { values: { lambda: 0, attentionWeight: 0 }, leftOut: expect.stringContaining("nothing is matched") },
      { values: { lambda: 0.01, attentionWeight: 0 }, run: CELL, iteration: 3, mean: entry!.distilled.mean },
    ]);
  });

  it("takes no evaluation of another network, or on soft labels, for its own", async () => {
    const path = join(cwd, "grid", CELL, "result.json");
    const [entry] = readResults(join(cwd, "grid", CELL));
    const other = (change: object): object => ({ ...entry, distilled: { ...entry!.distilled, mean: 99, ...change } });
    const evaluations = [
      other({ network: { ...entry!.distilled.network, name: "resnet18" } }),
      { ...other({}), softLabels: { teacher: "stored" } },
      entry,
    ];
    writeFileSync(path, JSON.stringify({ evaluations }));
    const { stdout } = await runCli([...GRID, "--out", "grid", "--json"], { cwd });
    expect(JSON.parse(stdout)[1]).toMatchObject({ run: CELL, mean: entry!.distilled.mean });
    expect(readResults(join(cwd, "grid", CELL))).toHaveLength(3);
  });

  it("refuses a folder whose runs are of other options, naming them", async () => {
    const { code, stderr } = await runCli([...GRID, "--ipc", "2", "--out", "grid"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("differs in method.ipc (there 1, given 2)")]);
    expect(stderr).toContain(CELL);
  });
});
