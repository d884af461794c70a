// The command line without any work: help, versions, mistakes.

import { type SpawnSyncReturns, type StdioOptions, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readingArguments } from "../../src/data/readingTable.ts";
import { MAIN, runCli } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const COMMANDS = ["distill", "ablate", "evaluate", "continual", "nas", "merge", "export", "doctor", "keys", "demo"];

describe("help", () => {
  it("comes within 150 ms of bare Node", async () => {
    let [help, bare] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // The quickest of each: on a busy machine most starts wait for others.
    for (let attempt = 0; attempt < 4 || (help - bare > 150 && attempt < 30); attempt++) {
      let started = performance.now();
      const { code, stdout } = await runCli(["--help"]);
      help = Math.min(help, performance.now() - started);
      expect(code).toBe(0);
      for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `);
      started = performance.now();
      spawnSync(process.execPath, ["-e", "0"]);
      bare = Math.min(bare, performance.now() - started);
    }
    expect(help - bare).toBeLessThan(150);
  });

  it("loads neither engine nor schema nor image library", async () => {
    const { stderr } = await runCli(["--help"], { env: { NODE_DEBUG: "esm,module" } });
    expect(stderr).toContain("commander");
    expect(stderr).not.toMatch(/onnxruntime|zod|sharp/);
  });

  it("of a command lists its options", async () => {
    const { code, stdout } = await runCli(["distill", "--help"]);
    expect(code).toBe(0);
    for (const option of ["--resume", "--classes", "--set", "--checkpoint-every"]) expect(stdout).toContain(option);
  });
});

it("prints its version", async () => {
  expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

it.skipIf(!existsSync("/dev/full"))("says in a line that its output cannot be written; notes are not needed", () => {
  const full = openSync("/dev/full", "w");
  const run = (word: string, stdio: StdioOptions): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [MAIN, word], { stdio, encoding: "utf8" });
  const { status, stderr } = run("keys", ["ignore", full, "pipe"]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: the output cannot be written: ENOSPC.*\n$/)]);
  expect(run("nothing", ["ignore", "pipe", full]).status).toBe(2);
  closeSync(full);
});

describe("mistakes", () => {
  it.each([
    [["distil"], "error: unknown command 'distil'\n(Did you mean distill?)"],
    [["distill", "--ipcs", "3"], "error: unknown option '--ipcs'\n(Did you mean --ipc?)"],
    [
      ["distill", "--ipc", "0"],
      "error: option '--ipc <n>' argument '0' is invalid. Expected a whole number of at least 1.",
    ],
    [["distill", "--channels", "2"], "error: channels must be 1 (grey) or 3 (RGB), but it is 2"],
    [["distill", "--device", "tpu"], "error: option '--device <name>' argument 'tpu' is invalid."],
    [
      ["distill", "--set", "batch_real=3"],
      'error: unknown configuration key "batch_real" (--set); did you mean batchReal?',
    ],
    [["distill", "--preset", "papr"], 'error: unknown preset "papr"; did you mean paper?'],
    [
      ["distill", "--set", "norm=batch", "--classes", "0-4"],
      "error: --classes does not go with this: norm batch couples",
    ],
    [
      ["distill", "--method", "dc", "--ipc", "10", "--classes", "0-4"],
      "error: --classes does not go with this: method dc trains its network on the synthetic images of all classes",
    ],
    [["distill", "--method", "mtt"], "error: option '--method <name>' argument 'mtt' is invalid."],
    [["ablate", "--out", "grid"], "error: required option '--vary <key=values>' not specified"],
    [
      ["ablate", "--out", "grid", "--vary", "powr=1,2"],
      'error: unknown configuration key "powr" (--set or --vary); did you mean power?',
    ],
    [["ablate", "--out", "grid", "--vary", "power=1,-2"], "error: power: must be at least 1, got -2"],
    [["ablate", "--out", "grid", "--vary", "power=1", "--protocol", "slow"], 'error: unknown protocol "slow"'],
    [["evaluate"], "error: missing required argument 'run'"],
    [["export", "x", "--to", "gif"], "error: option '--to <format>' argument 'gif' is invalid."],
    [["merge", "a"], "error: required option '--out <dir>' not specified"],
  ])("%j exits 2 with one clear message and writes nothing", async (words, message) => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 2, stdout: "", files: [] });
  });

  it.each([
    [["evaluate", "nowhere"], 'nowhere" does not exist'],
    [["export", "nowhere", "--to", "png"], "error: No distilled set at nowhere"],
    [["distill", "--resume", "nowhere"], "error: No run in "],
    [["distill", "--dataset", "./nowhere", "--out", "run"], "error: "],
    [["distill", "--dataset", "imagenet21k", "--out", "run"], "error: "],
    [
      ["distill", "--ipc", "9999", "--out", "run"],
      'error: class "A" of builtin/train has 250 images, fewer than ipc 9999',
    ],
  ])("%j exits 1, says so once, and leaves nothing behind", async (words, message) => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await runCli(words, { cwd, env: { DATADAM_PROGRESS: "json" } });
    const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
    expect(lines[0]).toContain(message);
    expect(lines.length, stderr).toBeLessThanOrEqual(2);
    expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 1, stdout: "", files: [] });
  });
});

it("prints the configuration with where each value comes from, and does nothing", async () => {
  const cwd = temporaryFolder();
  const { code, stdout } = await runCli(
    ["distill", "--dataset", "cifar10", "--set", "batchReal=64", "--print-config"],
    {
      cwd,
      env: { DATADAM_SEED: "7" },
    },
  );
  expect(code).toBe(0);
  const printed = JSON.parse(stdout);
  // Of all methods' keys those of this one.
  const places = ["dataset", "dataDir", "preset", "workers", "device", ...readingArguments];
  expect(Object.keys(printed.sources).sort()).toEqual([...Object.keys(printed.config), ...places].sort());
  expect(printed).toMatchObject({
    dataset: "cifar10",
    preset: "plus",
    config: { batchReal: 64, seed: 7, power: 4, init: "k-means", zcaEps: 0.1 },
    sources: { batchReal: "flag", seed: "environment", power: "preset", init: "preset", zcaEps: "default" },
  });
  expect(readdirSync(cwd)).toEqual([]);
});

it("lists the configuration keys, and the JSON Schema", async () => {
  expect((await runCli(["keys"])).stdout).toMatch(/^batchReal +128 +Real images per class/m);
  const schema = JSON.parse((await runCli(["keys", "--json"])).stdout);
  expect(schema.properties.power.description).toContain("Exponent p");
});
