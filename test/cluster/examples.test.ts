// examples/cluster holds what `datadam submit --dry-run` prints. Needs `npm run build`; `vitest run -u` writes it anew.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAIN, runCli } from "../support-cli.ts";
import { SMALL_JOB } from "./support.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/cluster");
const cwd = realpathSync(mkdtempSync(join(tmpdir(), "examples-")));
afterAll(() => rmSync(cwd, { recursive: true }));

beforeAll(async () => {
  writeFileSync(join(cwd, "job.json"), JSON.stringify(SMALL_JOB));
  const planned = await runCli(["plan", "job.json", "--split", "10", "--out", "plan", "--no-measure"], { cwd });
  expect(planned.code, planned.stderr).toBe(0);
}, 60_000);

async function printed(...words: readonly string[]): Promise<string> {
  // Without a Slurm of this machine, whose own limits would be taken.
  const { stdout, stderr, code } = await runCli(["submit", "plan", ...words, "--dry-run", "--json"], {
    cwd,
    env: { PATH: "" },
  });
  expect(code, stderr).toBe(0);
  return stdout.replaceAll(`${process.execPath} ${MAIN}`, "npx datadam").replaceAll(`${cwd}/`, "");
}

it("has the scripts for Slurm", async () => {
  const { scripts } = JSON.parse(await printed("--to", "slurm")) as { scripts: { name: string; text: string }[] };
  expect(scripts.map(({ name }) => name)).toEqual(["distilling-0", "collect"]);
  await expect(scripts[0]!.text).toMatchFileSnapshot(join(EXAMPLES, "array.sh"));
  await expect(scripts[1]!.text).toMatchFileSnapshot(join(EXAMPLES, "collect.sh"));
}, 60_000);

it("has the manifests for Kubernetes", async () => {
  const list = await printed("--to", "kubernetes", "--image", "datadam", "--claim", "datadam");
  await expect(`${JSON.stringify(JSON.parse(list), undefined, 2)}\n`).toMatchFileSnapshot(join(EXAMPLES, "jobs.json"));
}, 60_000);
