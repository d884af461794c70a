// A plan by processes of this machine, some of whose jobs fail. Needs `npm run build`.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, runCli } from "../support-cli.ts";

const cwd = mkdtempSync(join(tmpdir(), "local-"));
afterAll(() => rmSync(cwd, { recursive: true }));
beforeAll(async () => {
  const job = { kind: "select", data: { dataset: "builtin" }, method: { name: "random", ipc: 1 } };
  writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
  const vary = ["--vary", "data.dataset=nowhere.npz,builtin", "--vary", "seed=0,1"];
  const planned = await runCli(["plan", "job.json", ...vary, "--out", "plan", "--no-measure"], { cwd });
  expect(planned.code, planned.stderr).toBe(0);
}, 60_000);

describe("a plan on this machine", () => {
  it("is done as far as it goes: what failed is told, tried again, and does not hold up the others", async () => {
    const { code, stderr } = await runCli(["submit", "plan", "--to", "local", "--retries", "1"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("2 of 4 jobs failed: 0, 1")]);
    expect(stderr).toMatch(/job 0 failed: .*nowhere\.npz.*; it is tried again/);
    const { counts, failed } = JSON.parse((await runCli(["status", "plan", "--json"], { cwd })).stdout);
    expect(counts).toMatchObject({ done: 2, failed: 2, running: 0 });
    expect(failed.map(({ attempts }: { attempts: number }) => attempts)).toEqual([2, 2]);
    expect((await runCli(["collect", "plan"], { cwd })).stderr).toContain("2 of 4 jobs of");
  }, 120_000);

  it.each([
    ["SLURM_ARRAY_TASK_ID", "2", [], "job 2: done before"],
    ["JOB_COMPLETION_INDEX", "1", ["--offset", "2"], "job 3: done before"],
    ["JOB_COMPLETION_INDEX", "1", ["--index", "2"], "job 2: done before"],
  ])("has workers that do the job of %s %s %j", async (name, value, words, text) => {
    const { stdout, stderr } = await runCli(["worker", "plan", ...words], { cwd, env: { [name]: value } });
    expect(stdout, stderr).toContain(text);
  });

  it("has workers that answer numbers on stdin, and end with a job that fails or at what is no number", async () => {
    const told = (...lines: readonly string[]): Promise<[number | null, string, string]> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [MAIN, "worker", "plan", "--stdin", "--quiet"], { cwd });
        let [out, err] = ["", ""];
        child.stdout.on("data", (text) => {
          out += text;
        });
        child.stderr.on("data", (text) => {
          err += text;
        });
        child.on("close", (code) => resolve([code, out, err]));
        // Not ended: a worker that has failed waits for nothing more.
        child.stdin.on("error", () => {});
        child.stdin.write(lines.map((line) => `${line}\n`).join(""));
      });
    expect(await told("2", "3", "0", "1")).toEqual([
      1,
      '{"index":2,"end":"already"}\n{"index":3,"end":"already"}\n',
      expect.stringContaining("nowhere.npz"),
    ]);
    expect(await told("two")).toEqual([2, "", expect.stringContaining('stdin says "two"')]);
  }, 60_000);
});
