// `datadam train` on the built-in set, and evaluation with several networks.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliResult, runCli, startCli } from "../support-cli.ts";
import { readResults } from "../support-run.ts";

const SMALL = ["--width", "4", "--epochs", "1", "--batch", "125", "--seed", "3", "--progress", "json"];
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-train-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}
const parameters = (folder: string): Buffer => readFileSync(join(cwd, folder, "parameters.safetensors"));

describe("train", () => {
  it("killed and resumed, or stopped and resumed, gives the bytes of a training that was never stopped", async () => {
    const whole = JSON.parse((await run("train", ...SMALL, "--out", "whole", "--json")).stdout);
    expect(whole).toMatchObject({
      images: 2500,
      network: { name: "convnet", width: 4 },
      protocol: { epochs: 1, batch: 125 },
    });
    expect(whole.accuracy).toBeCloseTo((100 * whole.correct) / 600, 10);
    const finished = JSON.parse(readFileSync(join(cwd, "whole/finished.json"), "utf8"));
    expect(finished.result).toMatchObject({ correct: whole.correct });
    for (const [signal, step, code] of [
      ["SIGKILL", 7, null],
      ["SIGTERM", 12, 75],
    ] as const) {
      const words = ["train", ...SMALL, "--out", signal, "--checkpoint-every", "5"];
      const cli = startCli(words, { cwd, pauseAt: `"done":${step},` });
      await cli.paused();
      cli.child.kill(signal);
      cli.goOn();
      expect((await cli.finished).code).toBe(code);
      await run("train", "--resume", signal, "--workers", "1");
      expect(parameters(signal).equals(parameters("whole")), signal).toBe(true);
    }
  });

  it("refuses what cannot be", async () => {
    const refused = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await runCli(["train", ...words], { cwd });
      expect(code, stderr).toBe(2);
      return stderr;
    };
    expect(await refused("--arch", "resnet19")).toContain('unknown network "resnet19"');
    expect(await refused("--arch", "lenet", "--norm", "batch")).toContain('lenet: norm "batch" does not apply');
    expect(await refused("--arch", "alexnet", "--depth", "2")).toContain("depth does not apply to alexnet");
    expect(await refused("--resume", "whole", "--epochs", "3")).toContain("--resume does not go with --epochs");
    const { code, stderr } = await runCli(["train", "--resume", "nowhere"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: No training in nowhere: there is no job.json")]);
  });
});

describe("evaluate", () => {
  it("gives a row for each network and norm, random real images beside each", async () => {
    const small = ["--ipc", "1", "--iterations", "1", "--set", "width=8", "--set", "batchReal=8"];
    await run("distill", ...small, "--out", "run");
    const words = ["evaluate", "run", "--networks", "1", "--json", "--arch", "mlp,convnet", "--norm", "batch"];
    const { evaluations } = JSON.parse((await run(...words)).stdout);
    const rows = evaluations.map(({ distilled, random }: { distilled: never; random: never }) => [distilled, random]);
    const networks = rows
      .flat()
      .map(({ network: { name, norm, width } }: { network: Record<string, unknown> }) => [name, norm, width]);
    expect(networks).toEqual([
      ...new Array(2).fill(["mlp", "none", 128]),
      ...new Array(2).fill(["convnet", "batch", 8]),
    ]);
    expect(readResults(join(cwd, "run"))).toEqual(evaluations);
  });

  it("refuses unknown networks and pools, and both at once", async () => {
    const refused = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await runCli(["evaluate", "run", ...words], { cwd });
      expect(code, stderr).toBe(2);
      return stderr;
    };
    expect(await refused("--arch", "convnet,vgg12")).toContain('unknown network "vgg12"');
    expect(await refused("--pool", "width")).toContain('unknown pool "width"');
    expect(await refused("--pool", "widths", "--arch", "mlp")).toContain("--arch and --pool both name networks");
    expect(await refused("--norm", "instance,batchnorm")).toContain(
      "Expected names joined by commas, out of none, instance",
    );
  });
});
