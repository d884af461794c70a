// A plan on a real Slurm of this machine: arrays, preemption, the collector after them. Needs `npm run build`.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Slurm, slurmObstacle, startSlurm } from "../support/slurm.ts";
import { runCli } from "../support-cli.ts";
import { SMALL_JOB } from "./support.ts";

const obstacle = slurmObstacle();
if (obstacle !== undefined) process.stderr.write(`${obstacle}: plans on Slurm are not tested\n`);

const PORT = 20_000 + (process.pid % 10_000);
const cwd = mkdtempSync(join(tmpdir(), "on-slurm-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe.skipIf(obstacle !== undefined)("a plan on Slurm", () => {
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await startSlurm(PORT);
  }, 200_000);
  afterAll(async () => {
    await slurm?.stop();
  });

  it("is done by arrays, preempted jobs included, and collected: the bytes of the run at once", async () => {
    const cli = (...words: readonly string[]) => runCli(words, { cwd, env: slurm.env });
    // Long enough to be preempted.
    const job = { ...SMALL_JOB, method: { ...SMALL_JOB.method, iterations: 4000 } };
    writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
    await cli("run", "job.json", "--out", "single", "--quiet");
    await cli("plan", "job.json", "--split", "10", "--out", "plan", "--no-measure");
    const submitted = await cli("submit", "plan", "--to", "slurm", "--json");
    expect(submitted.code, submitted.stderr).toBe(0);
    // Ten jobs in arrays of at most eight, and the collector.
    const { jobs } = JSON.parse(submitted.stdout) as { jobs: string[] };
    expect(jobs).toHaveLength(3);
    const told = new Set<number>();
    const eventsOf = (index: number): string => {
      const file = join(cwd, `plan/jobs/0000/${String(index).padStart(7, "0")}/events.jsonl`);
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    };
    // One that was told when it was nearly over may have ended as if nothing was said.
    const preempted = (): number[] => [...told].filter((index) => eventsOf(index).includes('"type":"stopped"'));
    const left = (): string => slurm.run("squeue", "-h", "-o", "%i %T %r").trim();
    const deadline = Date.now() + 500_000;
    while (left() !== "" && Date.now() < deadline) {
      for (const line of slurm.run("squeue", "-h", "-t", "RUNNING", "-o", "%A %K %j").trim().split("\n")) {
        const [, id, task, offset] = /^(\d+) (\d+) datadam-distilling-(\d+)$/.exec(line) ?? [];
        const index = Number(task) + Number(offset);
        if (id === undefined || told.has(index) || eventsOf(index) === "" || preempted().length >= 2) continue;
        // A job that is being launched cannot be told yet, and one that is over no more.
        await new Promise((resolve) => setTimeout(resolve, 2000));
        try {
          slurm.run("scancel", "--batch", "--signal=USR1", id);
          told.add(index);
        } catch {}
      }
      // What is requeued waits two minutes otherwise.
      for (const line of slurm.run("squeue", "-h", "-t", "PENDING", "-o", "%i %r").trim().split("\n")) {
        const [id, reason] = line.split(" ");
        if (reason === "BeginTime") slurm.run("scontrol", "update", `JobId=${id}`, "StartTime=now");
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(left()).toBe("");
    const status = JSON.parse((await cli("status", "plan", "--json")).stdout);
    const logs = ["distilling-0-0", "collect"].map((name) => readFileSync(join(cwd, `plan/logs/${name}.log`), "utf8"));
    expect(status.counts, logs.join("\n")).toMatchObject({ done: 10, failed: 0 });
    expect(status.done, logs.join("\n")).toBe(true);
    for (const index of preempted()) expect(eventsOf(index)).toContain('"type":"resumed"');
    expect(preempted().length).toBeGreaterThan(0);
    const bytes = (of: string): Buffer => readFileSync(join(cwd, of, "synthetic.safetensors"));
    expect(bytes("plan/result").equals(bytes("single"))).toBe(true);
    const again = await cli("submit", "plan", "--to", "slurm", "--json");
    expect(JSON.parse(again.stdout).jobs).toHaveLength(1);
  }, 900_000);
});
