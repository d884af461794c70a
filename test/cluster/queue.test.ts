// A plan in a queue of BullMQ on a real Redis: done by workers that are stopped, and a Redis that restarts. Needs
// `npm run build`, and `redis-server`.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliProcess, runCli, startCli, until } from "../support-cli.ts";
import { SMALL_JOB } from "./support.ts";

const there = spawnSync("redis-server", ["--version"]).status === 0;
if (!there) process.stderr.write("no redis-server here: the queue is not tested (apt-get install redis-server)\n");

const CLOCK = new URL("../../scripts/cluster/clock.mjs", import.meta.url);
const cwd = mkdtempSync(join(tmpdir(), "queue-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function startRedis(port: number): ChildProcess {
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", cwd, "--save", ""];
  return spawn("redis-server", words, { stdio: "ignore" });
}

describe.skipIf(!there)("a plan in a queue", () => {
  let port: number;
  let redis: ChildProcess;
  let worker: CliProcess | undefined;
  beforeAll(async () => {
    port = await freePort();
    redis = startRedis(port);
  });
  afterAll(async () => {
    worker?.child.kill("SIGKILL");
    redis.kill("SIGKILL");
  });

  it("is done by workers, also after Redis was restarted, and equals the run at once", async () => {
    // Seconds a job: when the first ones are done, the others are still under way.
    const job = { ...SMALL_JOB, method: { ...SMALL_JOB.method, iterations: 1000 } };
    writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
    const url = `redis://127.0.0.1:${port}`;
    await runCli(["run", "job.json", "--out", "single", "--quiet"], { cwd });
    const planned = await runCli(["plan", "job.json", "--split", "4", "--out", "plan", "--no-measure"], { cwd });
    expect(planned.stderr + planned.stdout).toContain("as 4 jobs, cut by classes");
    const submit = ["submit", "plan", "--to", "bullmq", "--redis", url];
    expect((await runCli(submit, { cwd })).stdout).toMatch(/^4 jobs in the queue, 4 of them new/);
    // What is in the queue is not put there twice.
    expect((await runCli(submit, { cwd })).stdout).toMatch(/^4 jobs in the queue, 0 of them new/);
    // Its clock is an hour fast: what it gives back is to be taken by others all the same, at once.
    const env = { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SHIFT: "3600" };
    worker = startCli(["worker", "--redis", url, "--jobs", "2", "--progress", "plain"], { cwd, env });
    const begun = worker;
    await until(begun, () => begun.stderr().includes("begins"));
    redis.kill("SIGTERM");
    await new Promise((resolve) => redis.on("close", resolve));
    redis = startRedis(port);
    await until(begun, () => (begun.stderr().match(/is done/g) ?? []).length >= 1);
    // Closed gracefully: what was under way goes back to the queue, for the next worker.
    begun.child.kill("SIGTERM");
    expect((await begun.finished).code).toBe(0);
    expect(begun.stderr()).toContain("goes back to the queue");
    worker = startCli(["worker", "--redis", url, "--progress", "plain"], { cwd });
    const collected = await runCli(["collect", "plan", "--wait"], { cwd });
    expect(collected.code, collected.stderr + worker.stderr()).toBe(0);
    worker.child.kill("SIGTERM");
    const bytes = (of: string): Buffer => readFileSync(join(cwd, of, "synthetic.safetensors"));
    expect(bytes("plan/result").equals(bytes("single"))).toBe(true);
    expect((await runCli(submit, { cwd })).stdout).toMatch(/^0 jobs in the queue/);
  }, 600_000);
});
