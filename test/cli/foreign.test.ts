// `datadam evaluate` of what other programs made, `datadam export --to pt`, and soft labels.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePt, encodePng, encodePt, encodeSafetensors, type NpyArray } from "../../src/formats/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { readSyntheticSet } from "../../src/run/index.ts";
import { type CliResult, runCli } from "../support-cli.ts";
import { readResults } from "../support-run.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/torch/${name}`, import.meta.url));
let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-other-"));
  // Two classes of 8 x 8 pixels, dark and bright, for the fixtures that PyTorch wrote.
  for (const [label, base] of [["dark", 0], ["light", 180]] as const) {
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 64 }, (_, p) => base + ((7 * p + 13 * i) % 60));
      const part = i < 8 ? "train" : "test";
      cpSync(write(`${i}.png`, encodePng(pixels, { width: 8, height: 8, channels: 1 })), join(cwd, "set", part, label, `${i}.png`)); // biome-ignore format: one call
    }
  } // biome-ignore format: pairs
  await run("select", "--method", "random", ...SET, "--ipc", "2", "--seed", "1", "--out", "own");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const SET = ["--dataset", "set", "--size", "8", "--channels", "1"];
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(cwd, name), bytes);
  return join(cwd, name);
};
async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

describe("a set of another program", () => {
  it("is evaluated beside random images, and what was assumed is said", async () => {
    const { stdout, stderr } = await run("evaluate", fixture("datadam.pt"), ...SET, "--networks", "1", "--json");
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ source: fixture("datadam.pt"), distilled: { accuracies: [expect.any(Number)] } });
    expect(result.random.mean).toBe(100);
    expect(stderr).toContain("datadam.pt: it holds 2 sets; the last one is taken");
    expect(stderr).toContain("datadam.pt: float images are taken to be normalised by mean ");
  });

  it("is warned of where its floats look like pixels, as those to evaluate and as initial images", async () => {
    const data = Float32Array.from({ length: 128 }, (_, i) => i / 127);
    const images: NpyArray = { dtype: "f4", shape: [2, 1, 8, 8], data };
    const labels: NpyArray = { dtype: "i8", shape: [2], data: BigInt64Array.of(0n, 1n) };
    write("pixels.pt", encodePt([images, labels]));
    const words = ["evaluate", "pixels.pt", ...SET, "--networks", "1", "--no-random"];
    const { stderr } = await run(...words);
    expect(stderr).toMatch(/^warning: pixels\.pt: all its numbers lie in \[0, 1\], .* give --space pixels,/m);
    for (const space of ["pixels", "normalized"]) {
      expect((await run(...words, "--space", space)).stderr).not.toContain("warning:");
    }
    const small = ["--ipc", "1", "--iterations", "1", "--set", "width=4", "--set", "batchReal=2", "--preset", "quick"];
    const started = await run("distill", ...SET, ...small, "--init", "pixels.pt", "--out", "started");
    expect(started.stderr).toMatch(/^warning: initial images: all its numbers lie in .* store them as bytes/m);
  });

  it("is taken from what export --to pt wrote, to the last bit", async () => {
    await run("export", "own", "--to", "pt", "--out", "own.pt");
    const value = decodePt(readFileSync(join(cwd, "own.pt"))) as ReadonlyMap<string, unknown>;
    const [[images, labels]] = value.get("data") as [[NpyArray, NpyArray]];
    const synthetic = readSyntheticSet(join(cwd, "own"));
    expect([images.data, images.shape, labels.data]).toEqual([
      synthetic.images,
      [4, 1, 8, 8],
      BigInt64Array.of(0n, 0n, 1n, 1n),
    ]);
    expect(value.get("classNames")).toEqual(["dark", "light"]);
    const { stdout } = await run("evaluate", "own.pt", ...SET, "--networks", "1", "--seed", "1", "--quiet", "--json");
    expect(JSON.parse(stdout).distilled.accuracies).toEqual([100]);
  });

  it("is whitened where export says so, and taken for nothing else", async () => {
    await run("select", "--method", "random", ...SET, "--ipc", "2", "--set", "zca=true", "--out", "white");
    for (const format of ["pt", "npz", "safetensors"]) {
      await run("export", "white", "--to", format, "--out", `white.${format}`);
      const { code, stderr } = await runCli(["evaluate", `white.${format}`, ...SET], { cwd });
      expect([code, stderr]).toEqual([1, expect.stringContaining("it says that its images are whitened")]);
    }
    await run("evaluate", "white.npz", ...SET, "--space", "zca", "--networks", "1", "--no-random", "--quiet");
  });

  it("has another --space only where it does not say its own", async () => {
    const words = ["evaluate", "own/synthetic.safetensors", ...SET, "--space", "zca"];
    const { code, stderr } = await runCli(words, { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("--space is for sets of other programs")]);
  });

  it("is refused by name: code in it, other classes, no data set to test on", async () => {
    const refused = async (...words: string[]): Promise<string> =>
      (await runCli(["evaluate", ...words], { cwd })).stderr;
    expect(await refused(fixture("command.pt"), ...SET)).toContain('it asks for "posix.system"');
    expect(await refused(fixture("datadam.pt"), "--dataset", "builtin")).toContain(
      "holds images of 1 x 8 x 8; builtin/train has 1 x 32 x 32\nhint: Name the data set that it was made from",
    );
    expect(await refused(fixture("datadam.pt"))).toContain(
      "is not a run of datadam, and no --dataset is named to test on",
    );
  });
});

it("tells before the training that the results cannot be added to those of the run", async () => {
  cpSync(join(cwd, "own"), join(cwd, "odd"), { recursive: true });
  write("odd/result.json", Buffer.from("{"));
  const { code, stderr } = await runCli(["evaluate", "odd", "--progress", "plain"], { cwd });
  expect([code, stderr]).toEqual([1, expect.stringContaining("result.json is not valid JSON")]);
  expect(stderr).not.toContain("evaluating");
});

describe("soft labels", () => {
  it("of a teacher are those of both rows, and recorded", async () => {
    const network = convnet({ channels: 1, size: 8, classes: 2, depth: 1, width: 4 });
    const parameters = Object.entries(initialize(network, Key.fromSeed(1)));
    const tensors = Object.fromEntries(parameters.map(([name, array]) => [name, { dtype: "F32" as const, ...array }]));
    write("teacher.safetensors", encodeSafetensors(tensors));
    const soft = ["--soft-labels", "teacher.safetensors", "--temperature", "2", "--networks", "1", "--quiet"];
    const { stdout } = await run("evaluate", "own", ...soft);
    expect(stdout).toMatch(/^random real, soft labels /m);
    expect(stdout).toMatch(/^random, soft labels /m);
    expect(readResults(join(cwd, "own")).at(-1)?.softLabels).toEqual({
      teacher: expect.stringMatching(/^[0-9a-f]{64}$/),
      temperature: 2,
    });
    const alone = await runCli(["evaluate", "own", ...soft, "--no-random"], { cwd });
    expect(alone.stderr).toContain("error: --soft-labels need the row of random images under the same labels");
  });

  it("that the set carries are used where asked for", async () => {
    const { stderr } = await run("evaluate", fixture("soft.pt"), ...SET, "--networks", "1", "--soft-labels", "stored");
    expect(stderr).toContain("the random row has hard labels");
    const none = await runCli(["evaluate", "own", "--soft-labels", "stored"], { cwd });
    expect(none.stderr).toContain("error: --soft-labels stored: the set carries no soft labels");
  });
});
