// A plan in an object store: done by processes that share nothing else, one of which is killed. Needs `npm run build`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { environmentOf, type ObjectStore, startObjectStore } from "../support/objectStore.ts";
import { type CliResult, runCli, startCli, until } from "../support-cli.ts";
import { SMALL_JOB } from "./support.ts";

const cwd = mkdtempSync(join(tmpdir(), "stored-"));
let store: ObjectStore;
beforeAll(async () => {
  store = await startObjectStore("bucket");
});
afterAll(async () => {
  await store.close();
  rmSync(cwd, { recursive: true });
});

async function cli(...words: readonly string[]): Promise<CliResult> {
  return runCli(words, { cwd, env: environmentOf(store) });
}

const PLAN = "s3://bucket/plans/one";

it("is done and collected there, to the bytes of the run at once", async () => {
  writeFileSync(join(cwd, "job.json"), JSON.stringify(SMALL_JOB));
  await cli("run", "job.json", "--out", "single", "--quiet");
  const planned = await cli("plan", "job.json", "--split", "4", "--out", PLAN, "--no-measure", "--lease", "6");
  expect(planned.code, planned.stderr).toBe(0);
  const words = ["worker", PLAN, "--index", "2", "--progress", "plain"];
  const first = startCli(words, { cwd, env: environmentOf(store) });
  await until(first, () => store.objects.has("plans/one/jobs/0000/0000002/claims/0001.json"));
  first.child.kill("SIGKILL");
  await first.finished;
  expect((await cli("status", PLAN)).stdout).toContain("job 2 is lost");
  // Trouble on the way is no matter.
  store.faults.push({ status: 503 }, "cut", { status: 500 });
  const done = await cli("submit", PLAN, "--to", "local", "--workers", "2");
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toContain(`${PLAN}: 4 jobs done`);
  const collected = await cli("collect", PLAN);
  expect(collected.code, collected.stderr).toBe(0);
  const { counts, done: whole } = JSON.parse((await cli("status", PLAN, "--json")).stdout);
  expect([counts, whole]).toMatchObject([{ done: 4, failed: 0 }, true]);
  const bytes = store.objects.get("plans/one/result/synthetic.safetensors")!.bytes;
  expect(bytes.equals(readFileSync(join(cwd, "single/synthetic.safetensors")))).toBe(true);
  // Each iteration of each job has one row, whatever was killed.
  for (const index of [0, 1, 2, 3]) {
    const rows = store.objects.get(`plans/one/jobs/0000/000000${index}/metrics.jsonl`)!.bytes.toString().trim();
    expect(rows.split("\n").map((row) => JSON.parse(row).iteration)).toEqual([1, 2, 3, 4]);
  }
}, 300_000);

it("says what is wrong", async () => {
  const { code, stderr } = await runCli(["status", PLAN], { cwd, env: { AWS_ENDPOINT_URL: store.endpoint } });
  expect([code, stderr]).toEqual([2, expect.stringContaining("AWS_ACCESS_KEY_ID")]);
  expect((await cli("status", "s3://bucket/other")).stderr).toContain("No plan in s3://bucket/other");
  const pods = await cli("submit", PLAN, "--to", "kubernetes", "--image", "i", "--claim", "c", "--dry-run");
  expect(pods.stderr).toContain("no volume that pods could mount");
}, 60_000);
