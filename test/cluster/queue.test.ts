// A plan in a queue of BullMQ on a real Redis: done by workers that are stopped, and a Redis that restarts. Needs
// `npm run build`, and `redis-server`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, QueueEvents } from "bullmq";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Redis, redisObstacle, startRedis } from "../support/redis.ts";
import { type CliProcess, runCli, startCli, until } from "../support-cli.ts";
import { SMALL_JOB } from "./support.ts";

const obstacle = redisObstacle();
if (obstacle !== undefined) process.stderr.write(`${obstacle}: the queue is not tested\n`);

const CLOCK = new URL("../../scripts/cluster/clock.mjs", import.meta.url);
const cwd = mkdtempSync(join(tmpdir(), "queue-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe.skipIf(obstacle !== undefined)("a plan in a queue", () => {
  let redis: Redis;
  let worker: CliProcess | undefined;
  beforeAll(async () => {
    redis = await startRedis(cwd);
  });
  afterAll(async () => {
    worker?.child.kill("SIGKILL");
    redis.stop();
  });

  it("is done by workers, also after Redis was restarted, and equals the run at once", async () => {
    // Seconds a job: when the first ones are done, the others are still under way.
    const job = { ...SMALL_JOB, method: { ...SMALL_JOB.method, iterations: 1000 } };
    writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
    const { url } = redis;
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
    await redis.restart();
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

  it("is shown by the watch page as it stands in Redis", async () => {
    writeFileSync(join(cwd, "shown.json"), JSON.stringify({ ...SMALL_JOB, method: { ...SMALL_JOB.method, ipc: 2 } }));
    await runCli(["plan", "shown.json", "--split", "3", "--out", "shown", "--no-measure"], { cwd });
    await runCli(["submit", "shown", "--to", "bullmq", "--redis", redis.url], { cwd });
    const page = startCli(["watch", ".", "--redis", redis.url, "--port", "48213", "--json"], { cwd });
    const events = new AbortController();
    try {
      const lines = queueLines("http://127.0.0.1:48213/events", events.signal, page);
      const seen = async (wanted: (line: Line) => boolean): Promise<Line> => {
        // Not by for await, which would end the stream with the first that is found.
        for (;;) {
          const { value, done } = await lines.next();
          if (done) throw new Error(page.stderr());
          if (wanted(value)) return value;
        }
      };
      const before = await seen(() => true);
      expect(before).toMatchObject({ waiting: 3, later: 0, running: 0, workers: 0, jobs: [] });
      expect(before.name).toMatch(/^redis:\/\/[^@/]+$/);
      worker = startCli(["worker", "--redis", redis.url, "--progress", "plain"], { cwd });
      const during = await seen(({ running }) => running === 1);
      expect(during).toMatchObject({ workers: 1, jobs: [{ plan: expect.stringContaining("shown") as string }] });
      expect(await seen(({ waiting, running }) => waiting + running === 0)).toMatchObject({ jobs: [] });
    } finally {
      events.abort();
      worker?.child.kill("SIGTERM");
      page.child.kill("SIGTERM");
      await Promise.all([worker?.finished, page.finished]);
    }
  }, 200_000);

  it("is tried again where jobs fail, earlier stages first, and tells how far jobs are", async () => {
    const steps = {
      first: { ...SMALL_JOB, classes: [0, 1] },
      broken: { kind: "select", data: { dataset: "nowhere.npz" }, method: { name: "random", ipc: 1 } },
      last: SMALL_JOB,
    };
    writeFileSync(join(cwd, "steps.json"), JSON.stringify({ kind: "steps", classes: 10, steps }));
    const planned = await runCli(["plan", "steps.json", "--split", "2", "--out", "staged"], { cwd });
    expect(planned.code, planned.stderr).toBe(0);
    const submit = ["submit", "staged", "--to", "bullmq", "--redis", redis.url, "--retries", "1"];
    expect((await runCli(submit, { cwd })).stdout).toMatch(/^5 jobs in the queue, 5 of them new/);
    const connection = { url: redis.url };
    const queue = new Queue<{ index: number }>("datadam", { connection });
    const events = new QueueEvents("datadam", { connection });
    try {
      const order = (await queue.getPrioritized()).map(({ data, opts }) => [data.index, opts.priority]);
      expect(order).toEqual([
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 3],
        [4, 4],
      ]);
      await events.waitUntilReady();
      const told: unknown[] = [];
      events.on("progress", ({ data }) => told.push(data));
      worker = startCli(["worker", "--redis", redis.url, "--progress", "plain"], { cwd });
      const begun = worker;
      const failures = (): number => (begun.stderr().match(/job 1 failed: .*nowhere\.npz/g) ?? []).length;
      await until(begun, () => failures() >= 2);
      // Its own failures, and those of the jobs that need it.
      await until(begun, () => [2, 3, 4].every((index) => begun.stderr().includes(`job ${index} failed`)));
      const { counts, failed } = JSON.parse((await runCli(["status", "staged", "--json"], { cwd })).stdout);
      expect(counts).toMatchObject({ done: 1, failed: 1, waiting: 3 });
      expect(failed).toMatchObject([{ index: 1, attempts: 2, code: "DATASET_NOT_FOUND" }]);
      expect(begun.stderr()).toContain("job 2 failed: job 2 needs job 1, which failed");
      // Who waits for the whole is not kept waiting for what can never begin.
      const { code, stderr } = await runCli(["collect", "staged", "--wait"], { cwd });
      expect([code, stderr]).toEqual([1, expect.stringContaining("1 job failed: ")]);
      expect(told.length).toBeGreaterThan(0);
    } finally {
      worker?.child.kill("SIGTERM");
      await worker?.finished;
      await Promise.all([queue.close(), events.close()]);
    }
  }, 200_000);
});

interface Line {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
}

/** What the page is told of the queue. */
async function* queueLines(url: string, signal: AbortSignal, page: CliProcess): AsyncGenerator<Line, void, void> {
  let response: Response | undefined;
  while (response === undefined) {
    if (page.child.exitCode !== null) throw new Error(page.stderr());
    response = await fetch(url, { signal }).catch(() => undefined);
    if (response === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  let text = "";
  for await (const bytes of response.body!) {
    text += new TextDecoder().decode(bytes);
    const messages = text.split("\n\n");
    text = messages.pop()!;
    for (const message of messages) {
      if (!message.startsWith("data: ")) continue;
      const { queue } = JSON.parse(message.slice(6)) as { queue?: Line };
      if (queue !== undefined) yield queue;
    }
  }
}
