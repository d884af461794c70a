// `datadam select`, and distillations that start from what it chose.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeSafetensors } from "../../src/formats/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { readSyntheticSet } from "../../src/run/index.ts";
import { type CliResult, runCli } from "../support-cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-select-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli([...words, "--quiet"], { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}
const bytes = (folder: string): Buffer => readFileSync(join(cwd, folder, "synthetic.safetensors"));
const PIXELS = ["--features", "pixels", "--ipc", "2", "--set", "width=8"];

describe("datadam select", () => {
  it("writes a run that says how it was chosen; shards of it merge to the same bytes", async () => {
    await run("select", "--method", "k-means", ...PIXELS, "--out", "km");
    await run("select", "--method", "k-means", ...PIXELS, "--classes", "0-3", "--out", "a", "--workers", "1");
    await run("select", "--method", "k-means", ...PIXELS, "--classes", "4-9", "--out", "b");
    await run("merge", "b", "a", "--out", "ab");
    expect(bytes("ab").equals(bytes("km"))).toBe(true);
    const { images, labels, provenance } = readSyntheticSet(join(cwd, "km"));
    expect([images.length, labels.length]).toEqual([20 * 32 * 32, 20]);
    expect(provenance).toMatchObject({ method: "k-means", features: "pixels", init: "k-means", ipc: 2, iteration: 0 });

    const resumed = await runCli(["distill", "--resume", "km", "--iterations", "3"], { cwd });
    expect(resumed.stderr).toBe(
      "error: km holds chosen images (k-means)\nhint: There is nothing to resume. Distil from them by: datadam distill --init km\n",
    );
    expect(resumed.code).toBe(2);
  });

  it("is where a distillation starts from", async () => {
    const small = ["distill", "--set", "width=8", "--ipc", "2", "--init"];
    await run(...small, "km", "--iterations", "0", "--out", "zero");
    expect(readSyntheticSet(join(cwd, "zero")).images).toEqual(readSyntheticSet(join(cwd, "km")).images);
    const record = JSON.parse(readFileSync(join(cwd, "zero/record.json"), "utf8"));
    expect(record).toMatchObject({ config: { init: "set" }, initial: { path: expect.stringMatching(/km$/) } });
    const other = await runCli(["distill", "--resume", "zero", "--init", "zero"], { cwd });
    expect(other.stderr).toContain("--resume does not go with another init (the run has");
  });

  it("compares features of a trained network", async () => {
    const network = convnet({ channels: 1, classes: 10, depth: 2, width: 4 });
    const parameters = Object.entries(initialize(network, Key.fromSeed(1)));
    const tensors = Object.fromEntries(parameters.map(([name, array]) => [name, { dtype: "F32" as const, ...array }]));
    writeFileSync(join(cwd, "net.safetensors"), encodeSafetensors(tensors));
    await run("select", "--method", "herding", "--ipc", "1", "--parameters", "net.safetensors", "--out", "trained");
    expect(readSyntheticSet(join(cwd, "trained")).provenance).toMatchObject({
      method: "herding",
      features: "convnet",
      parameters: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("compares features of a named network, with what --set says of it, or trained by this program", async () => {
    await run(
      "select",
      "--method",
      "herding",
      "--ipc",
      "1",
      "--features",
      "resnet10",
      "--set",
      "width=4",
      "--out",
      "r",
    );
    expect(readSyntheticSet(join(cwd, "r")).provenance).toMatchObject({
      features: "resnet10",
      featuresNetwork: { width: 4, norm: "instance" },
    });
    await run("train", "--arch", "lenet", "--epochs", "1", "--out", "lenet");
    await run(
      "select",
      "--method",
      "herding",
      "--ipc",
      "1",
      "--parameters",
      "lenet/parameters.safetensors",
      "--out",
      "l",
    );
    expect(readSyntheticSet(join(cwd, "l")).provenance).toMatchObject({
      features: "lenet",
      featuresNetwork: { width: 6 },
      parameters: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const wrong = ["--features", "alexnet", "--parameters", "lenet/parameters.safetensors"];
    const { stderr } = await runCli(["select", "--method", "herding", ...wrong], { cwd });
    expect(stderr).toContain("holds no parameters that fit: they are those of lenet, not of alexnet\n");
  });

  it("compares features of a bank's most trained network, and makes each image of several", async () => {
    const small = ["--set", "width=4", "--images", "4", "--networks", "1", "--epochs", "1", "--snapshots", "0,1"];
    await run("bank", ...small, "--out", "bank");
    const which = ["select", "--method", "k-means", "--ipc", "1", "--factor", "2"];
    await run(...which, "--bank", "bank", "--out", "f");
    await run(...which, "--parameters", "bank/networks/0001-epoch-1.safetensors", "--set", "width=4", "--out", "g");
    expect(readSyntheticSet(join(cwd, "f")).images).toEqual(readSyntheticSet(join(cwd, "g")).images);
    const { factor, labels, provenance } = readSyntheticSet(join(cwd, "f"));
    expect([factor, labels.length]).toEqual([2, 10]);
    expect(provenance).toMatchObject({ features: "convnet", featuresNetwork: { width: 4 }, width: 4, factor: 2 });
    const twice = await runCli([...which, "--bank", "bank", "--features", "mlp"], { cwd });
    expect(twice.stderr).toBe(
      "error: --bank: its network is the one whose features are compared\n" +
        "hint: Leave out --features and --parameters.\n",
    );
    const { stderr } = await runCli([...which, "--bank", "bank", "--set", "zca=true"], { cwd });
    expect(stderr).toContain("bank was made with zca false, not zca true, zcaEps 0.1\n");
  });

  it.each([
    ["--method k-means --features lenet --set norm=batch", 'error: lenet: norm "batch" does not apply'],
    ["--method k-means --ipc 300", 'error: class "A" of builtin/train has 250 images, fewer than ipc 300'],
    ["--method k-means --parameters gone.safetensors", "error: Cannot read the parameters gone.safetensors"],
  ])("%s: says so, and leaves nothing behind", async (words, message) => {
    const { code, stderr } = await runCli(["select", ...words.split(" "), "--out", "none"], { cwd });
    expect(stderr).toContain(message);
    expect(code).toBeGreaterThan(0);
    expect(() => readFileSync(join(cwd, "none/job.json"))).toThrow("ENOENT");
  });

  it("tells a misspelt initialiser from a path", async () => {
    const { stderr } = await runCli(["distill", "--init", "k-menas"], { cwd });
    expect(stderr).toContain('error: init: "k-menas" is neither an initialiser nor a path; did you mean k-means?');
  });
});
