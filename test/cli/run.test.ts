// `datadam run`: a job out of a file, its folder found again, and what is wrong with a file of a job.

import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

const job = {
  kind: "distill",
  data: { dataset: "builtin" },
  method: { preset: "quick", ipc: 1, iterations: 2, width: 8, batchReal: 8 },
  seed: 3,
};

it("makes the bytes that the command with the same values makes, from either file, and finds them again", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
  const first = await runCli(["run", "job.json", "--out", "a", "--json"], { cwd });
  expect(first.code, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ run: join(cwd, "a"), images: 10, iteration: 2 });
  const words = ["--ipc", "1", "--iterations", "2", "--seed", "3", "--set", "width=8", "--set", "batchReal=8"];
  expect((await runCli(["distill", ...words, "--out", "b"], { cwd })).code).toBe(0);
  const [a, b] = ["a", "b"].map((run) => JSON.parse(readFileSync(join(cwd, run, "job.json"), "utf8")));
  expect(b).toEqual({ ...a, execution: b.execution });
  expect((await runCli(["run", "b/job.json", "--out", "c", "--workers", "1"], { cwd })).code).toBe(0);
  const bytes = (run: string): Buffer => readFileSync(join(cwd, run, "synthetic.safetensors"));
  expect(bytes("b").equals(bytes("a"))).toBe(true);
  expect(bytes("c").equals(bytes("a"))).toBe(true);
  const again = await runCli(["run", "a/job.json", "--out", "a"], { cwd });
  expect([again.code, again.stderr]).toEqual([0, ""]);
  // Without a folder it takes the first free one.
  cpSync(join(cwd, "a"), join(cwd, "runs/distill-1"), { recursive: true });
  expect((await runCli(["run", "job.json"], { cwd })).code).toBe(0);
  expect(readdirSync(join(cwd, "runs")).sort()).toEqual(["distill-1", "distill-2"]);
});

it.each<[string, unknown, string]>([
  ["no kind", {}, "A job has a kind"],
  ["an unknown kind", { kind: "distil" }, 'There is no kind of job "distil"; did you mean distill?'],
  ["an unknown key", { ...job, $schema: "./job.schema.json", classez: [1] }, 'job.json: unknown key "classez"'],
  ["a wrong value", { ...job, method: { ipc: 0 } }, "job.json: method.ipc: must be above 0, got 0"],
  [
    "a wrong key of the method",
    { ...job, method: { ipcs: 1 } },
    'job.json: method: unknown configuration key "ipcs"; did you mean ipc?',
  ],
  [
    "several",
    { ...job, method: { ipc: 0, width: 0 } },
    "job.json: 2 problems in the job:\n  method.ipc: must be above 0, got 0\n  method.width: must be above 0, got 0",
  ],
  [
    "a shard that cannot be, with what helps",
    { ...job, classes: [0, 1], method: { norm: "batch" } },
    "\nhint: Distil all classes in one run, or use norm instance.\n",
  ],
  ["a wrong part", { ...job, data: { dataset: "builtin", size: "big" } }, 'data.size: must be a number, got "big"'],
])("refuses %s with exit code 2, and leaves nothing behind", async (_, content, message) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "job.json"), JSON.stringify(content));
  const { code, stderr } = await runCli(["run", "job.json"], { cwd });
  expect(stderr).toContain(message);
  expect({ code, files: readdirSync(cwd) }).toEqual({ code: 2, files: ["job.json"] });
});

it("prints the JSON Schema of all jobs", async () => {
  const { code, stdout } = await runCli(["run", "--schema"]);
  expect(code).toBe(0);
  const { anyOf } = JSON.parse(stdout) as { anyOf: { properties: Record<string, unknown> }[] };
  expect(anyOf.map(({ properties }) => (properties.kind as { const: string }).const)).toEqual(
    expect.arrayContaining(["distill", "evaluate"]),
  );
  expect(JSON.stringify(anyOf)).toContain("batchReal");
  expect(anyOf.map(({ properties }) => Object.hasOwn(properties, "$schema"))).not.toContain(false);
});
