// The shorter examples of docs/guide/jobs.md: compiled against the package's types, and run.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleFolder, runExample } from "../support-docs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/guide/jobs.md"), "utf8");
const [first, planning, stopping, inMemory, watching] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code!,
);
const folder = exampleFolder("docs-jobs");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const words = ["--quiet", "--ipc", "1", "--iterations", "1", "--set", "width=8", "--out", "runs/letters"];
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), "distill", ...words], { cwd: folder });
});

it("a signal stops a job, which then can be resumed", () => {
  const imports = first!.split("\n").slice(0, 2).join("\n");
  const job = 'const job = lab.job({ kind: "distill", method: { ipc: 1, iterations: 100000, width: 8 } });';
  const run = 'const run = node.folder("runs/stopped");';
  const output = runExample(folder, [imports, job, run, stopping!.replace("60_000", "2_000")].join("\n"));
  expect(output).toBe("the same call resumes\n");
});

it("a job is planned, and nothing is left of it", () => {
  const planned = planning!.replaceAll("runs/letters", "runs/planned");
  const output = runExample(folder, planned);
  expect(output).toMatch(/distilling: 10 x iteration, [\d.e-]+ s\n[\s\S]+\n[\d.]+ \d+ \d+\n$/);
  expect(existsSync(join(folder, "runs/planned"))).toBe(false);
});

it("a job runs in memory, with data that is handed over", () => {
  expect(runExample(folder, inMemory!)).toBe("10 images\n");
});

it("a run is watched by its files", () => {
  expect(runExample(folder, watching!)).toMatch(
    /^distill \{\s+iteration: 1,[\s\S]+\} \{\s+images: 10,[\s\S]+\}\nfinished undefined\n$/,
  );
});
