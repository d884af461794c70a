// `--plan` and `datadam plan`: a table or JSON, and nothing left behind.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../src/lab/index.ts";
import { runCli } from "../support-cli.ts";

const DISTILL = ["distill", "--ipc", "1", "--iterations", "4", "--set", "width=4", "--set", "batchReal=8"];
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-plan-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...words, "--quiet"], { cwd });
  expect(code, stderr).toBe(0);
  return stdout;
}
const names = ({ phases }: Plan): string[] => phases.map(({ name }) => name);
const files = (): string[] => (readdirSync(cwd, { recursive: true }) as string[]).sort();

describe("plans", () => {
  it("are printed by every command that has them, and leave no folder", async () => {
    const text = await run(...DISTILL, "--plan", "--out", "run");
    expect(text).toContain("projected from a few steps on this machine");
    expect(text).toMatch(/^phase +to do +time +memory +disk$/m);
    expect(text).toMatch(/^distilling +4 iterations +[\d.]+ s +[\d.]+ [MG]iB +-$/m);
    expect(text).toMatch(/^total +[\d.]+ s +[\d.]+ [MG]iB +\d+ KiB$/m);
    expect(await run(...DISTILL, "--plan")).toContain("distilling");
    const train = JSON.parse(await run("train", "--width", "4", "--epochs", "1", "--plan", "--json")) as Plan;
    expect(names(train)).toEqual(["loading", "training", "testing", "checkpoints", "parameters"]);
    expect(train.total.memory).toBeGreaterThan(50 * 2 ** 20);
    expect(files()).toEqual([]);
  });

  it("are printed of experiments, and of what is left of them", async () => {
    const before = files();
    const of = async (...words: string[]): Promise<string[]> =>
      names(JSON.parse(await run(...words, "--plan", "--json")) as Plan);
    const select = ["select", "--method", "herding", "--ipc", "1", "--features", "pixels"];
    expect(await of(...select)).toEqual(["loading", "choosing by herding", "the set"]);
    const nas = ["nas", "--proxy", "random", "--subset", "depth=1", "--subset", "width=32", "--sample", "2"];
    expect(await of(...nas, "--epochs", "1", "--out", "nas")).toEqual(["loading", "training on random"]);
    const continual = ["continual", "--method", "random", "--epochs", "1", "--set", "width=4", "--out", "memory"];
    expect(await of(...continual)).toEqual([
      ...["loading", "condensing by random", "training after random", "testing after random"],
    ]);
    const table = { networks: 1, epochs: 1, config: { width: 4 }, columns: [{ name: "one", ipc: 1 }] };
    const rows = [{ name: "Random", select: "random" }];
    writeFileSync(join(cwd, "table.json"), JSON.stringify({ ...table, rows }));
    expect(await of("table", "table.json")).toEqual(["Random, one"]);
    rmSync(join(cwd, "table.json"));
    expect(files()).toEqual(before);
  });

  it("count what is left of the run of a folder", async () => {
    await run(...DISTILL, "--out", "run");
    const before = files();
    const more = ["distill", "--resume", "run", "--iterations", "6", "--plan", "--json"];
    const { phases } = JSON.parse(await run(...more)) as Plan;
    expect(phases.find(({ name }) => name === "distilling")?.count).toBe(2);
    const evaluation = JSON.parse(await run("evaluate", "run", "--networks", "1", "--plan", "--json")) as Plan;
    expect(names(evaluation)).toContain("training on distilled");
    expect(files()).toEqual(before);
  });

  it("are made of the file of a job", async () => {
    const job = { kind: "bank", method: { preset: "quick", networks: 2, width: 4, batchReal: 8 } };
    writeFileSync(join(cwd, "job.json"), JSON.stringify(job));
    const before = files();
    const plan = JSON.parse(await run("plan", "job.json", "--workers", "1", "--json")) as Plan;
    expect(plan.job).toMatchObject({ kind: "bank", execution: { workers: 1 } });
    expect(plan.machine).toMatchObject({ device: "cpu", workers: 1 });
    expect(names(plan)).toEqual(["loading", "statistics"]);
    writeFileSync(join(cwd, "job.json"), JSON.stringify({ kind: "data" }));
    const { code, stderr } = await runCli(["plan", "job.json"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("error: a job of the kind data has no plan\n");
    expect(files()).toEqual(before);
  });
});
