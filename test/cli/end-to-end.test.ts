// The command line with real work on the built-in data set: small networks, few iterations.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeNpz, decodeSafetensors } from "../../src/formats/index.ts";
import { readSyntheticSet } from "../../src/run/index.ts";
import { type CliResult, runCli, startCli, until } from "../support-cli.ts";
import { readMetrics, readResults } from "../support-run.ts";

const SMALL = ["--ipc", "1", "--seed", "3", "--set", "width=8", "--set", "batchReal=8"];
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-cli-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

function distil(out: string, iterations: number, ...more: string[]): Promise<CliResult> {
  return run("distill", ...SMALL, "--iterations", String(iterations), "--out", out, ...more);
}

const bytes = (folder: string, file = "synthetic.safetensors"): Buffer => readFileSync(join(cwd, folder, file));

function expectEqualRuns(a: string, b: string): void {
  for (const file of ["synthetic.safetensors", "grid.png"]) {
    expect(bytes(a, file).equals(bytes(b, file)), `${file} of ${a} and ${b}`).toBe(true);
  }
}

function metrics(folder: string): unknown[] {
  return readMetrics(join(cwd, folder, "metrics.jsonl")).map(({ seconds: _, ...row }) => row);
}

/** A run of 300 iterations that is stopped by `signal` after its third. */
async function stopped(out: string, signal: NodeJS.Signals): Promise<CliResult> {
  const words = ["distill", ...SMALL, "--iterations", "300", "--out", out, "--progress", "json"];
  const cli = startCli(words, { cwd, pauseAt: '"done":3,' });
  await cli.paused();
  cli.child.kill(signal);
  cli.goOn();
  return cli.finished;
}

describe("a run", () => {
  beforeAll(async () => {
    await distil("whole", 12, "--workers", "1", "--checkpoint-every", "4");
  });

  it("leaves job and record, events, metrics, checkpoints, the set and a picture", () => {
    expect(readdirSync(join(cwd, "whole")).sort()).toEqual([
      "checkpoints",
      "claims",
      "events.jsonl",
      "finished.json",
      "grid.png",
      "job.json",
      "metrics.jsonl",
      "record.json",
      "stages",
      "start.npy",
      "synthetic.safetensors",
    ]);
    expect(readdirSync(join(cwd, "whole/checkpoints")).sort()).toEqual([
      "state-000004.0001.safetensors",
      "state-000008.0001.safetensors",
      "state-000012.0001.safetensors",
    ]);
    expect(JSON.parse(bytes("whole", "record.json").toString())).toMatchObject({
      preset: "quick",
      seed: 3,
      config: { ipc: 1, width: 8, depth: 3, lrImg: 1, augment: "color_crop_cutout_scale_rotate" },
      dataset: { source: "builtin" },
    });
    const { images, labels, provenance } = readSyntheticSet(join(cwd, "whole"));
    expect([images.length, [...labels], provenance.iteration]).toEqual([
      10 * 32 * 32,
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      12,
    ]);
    expect(images.every(Number.isFinite)).toBe(true);
  });

  it("says where the result is on stdout, and talks on stderr", async () => {
    const { stdout, stderr } = await distil("talk", 2, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ run: join(cwd, "talk"), images: 10, iteration: 2 });
    expect(stderr).toContain("distilling 2/2 (100 %)");
    expect(await distil("quiet", 2, "--quiet")).toMatchObject({
      stdout: expect.stringMatching(/^quiet\/synthetic\.safetensors: 10 images, iteration 2, loss /),
      stderr: "",
    });
  });

  it("gives the same bytes with two workers", async () => {
    await distil("two", 12, "--workers", "2");
    expectEqualRuns("two", "whole");
    expect(metrics("two")).toEqual(metrics("whole"));
  });

  it("gives the same bytes in two goes", async () => {
    await distil("goes", 5);
    await run("distill", "--resume", "goes", "--iterations", "12");
    expectEqualRuns("goes", "whole");
    expect(metrics("goes")).toEqual(metrics("whole"));
    const last = "checkpoints/state-000012";
    expect(bytes("goes", `${last}.0002.safetensors`).equals(bytes("whole", `${last}.0001.safetensors`))).toBe(true);
  });

  it("gives the same bytes as two shards merged, which can go on", async () => {
    await distil("low", 12, "--classes", "0-3,9");
    await distil("high", 12, "--classes", "4-8");
    const { stderr } = await run("evaluate", "low", "--networks", "1", "--no-random");
    expect(stderr).toContain("warning: low is a shard of 5 of 10 classes: networks trained on it know no others");
    await run("merge", "high", "low", "--out", "merged");
    expectEqualRuns("merged", "whole");
    for (const folder of ["merged", "whole"]) {
      cpSync(join(cwd, folder), join(cwd, `${folder}-on`), { recursive: true });
      await run("distill", "--resume", `${folder}-on`, "--iterations", "14");
    }
    expectEqualRuns("merged-on", "whole-on");
  });

  it("goes on from the checkpoint before, with a warning, where the newest is damaged", async () => {
    cpSync(join(cwd, "whole"), join(cwd, "damaged"), { recursive: true });
    const newest = join(cwd, "damaged/checkpoints/state-000012.0001.safetensors");
    const content = readFileSync(newest);
    content[content.length - 3]! ^= 4;
    writeFileSync(newest, content);
    rmSync(join(cwd, "damaged/synthetic.safetensors"));
    const { stderr } = await run("distill", "--resume", "damaged");
    expect(stderr).toMatch(
      /warning: .*state-000012\.0001\.safetensors is damaged \(its checksum does not match\); trying the one before/,
    );
    expectEqualRuns("damaged", "whole");
    expect(metrics("damaged")).toEqual(metrics("whole"));
  });

  it("refuses to be begun again, changed, or shortened, and stays as it was", async () => {
    const before = bytes("whole");
    for (const [words, code, message] of [
      [["--out", "whole"], 1, "already holds another job: it differs in "],
      [["--resume", "whole", "--ipc", "2"], 2, "--resume does not go with another ipc (the run has 1, given 2)"],
      [["--resume", "whole", "--classes", "0"], 2, "classes (the run has all, given 0)"],
      [["--resume", "whole", "--set", "norm=batch"], 2, 'norm (the run has "instance", given "batch")'],
      [["--resume", "whole", "--iterations", "3"], 2, "--iterations 3 is less than the 12 that are done"],
    ] as const) {
      const result = await runCli(["distill", ...words], { cwd });
      expect(result.stderr).toContain(message);
      expect(result.code).toBe(code);
    }
    expect(bytes("whole").equals(before)).toBe(true);
  });
});

describe("stopping", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 75],
    ["SIGHUP", 75],
  ] as const)("by %s saves, says how to resume, and exits %i", async (signal, code) => {
    const out = `stop-${signal}`;
    const result = await stopped(out, signal);
    expect(result.code).toBe(code);
    const after = /stopped after iteration (\d+) of 300; resume with: datadam distill --resume stop-/.exec(
      result.stderr,
    );
    const iteration = Number(after?.[1]);
    expect(iteration, result.stderr).toBeGreaterThanOrEqual(3);
    expect(readSyntheticSet(join(cwd, out)).provenance.iteration).toBe(iteration);
    await run("distill", "--resume", out, "--iterations", String(iteration + 2));
    await distil(`straight-${signal}`, iteration + 2);
    expectEqualRuns(out, `straight-${signal}`);
  });

  it("a second Ctrl-C stops at once, and the run can go on", async () => {
    const cli = startCli(["distill", ...SMALL, "--iterations", "3000", "--out", "twice", "--progress", "json"], {
      cwd,
    });
    await until(cli, () => cli.stderr().includes('"done":3,'));
    cli.child.kill("SIGINT");
    cli.child.kill("SIGINT");
    expect((await cli.finished).code).toBe(130);
    await run("distill", "--resume", "twice", "--iterations", "40");
  });

  it("by SIGKILL at twenty moments and resuming gives the bytes of a run that was never stopped", async () => {
    const iterations = 300;
    await distil("never", iterations);
    const start = [
      "distill",
      ...SMALL,
      "--iterations",
      String(iterations),
      "--out",
      "killed",
      "--checkpoint-every",
      "3",
    ];
    let kills = 0;
    for (let attempt = 0; kills < 20 && attempt < 40; attempt++) {
      const begun = existsSync(join(cwd, "killed/record.json"));
      const words = begun ? ["distill", "--resume", "killed", "--checkpoint-every", "3"] : start;
      const cli = startCli([...words, "--progress", "json"], { cwd });
      // Every other kill comes during start-up, the others at any moment of the work, in steps of a few milliseconds.
      const delay = attempt % 2 === 0 ? 30 * attempt : 8 * attempt;
      if (attempt % 2 === 1) await until(cli, () => cli.stderr().includes('"progress"'));
      await Promise.race([cli.finished, new Promise((resolve) => setTimeout(resolve, delay))]);
      cli.child.kill("SIGKILL");
      if ((await cli.finished).signal === "SIGKILL") kills++;
    }
    expect(kills).toBe(20);
    await run("distill", "--resume", "killed");
    expectEqualRuns("killed", "never");
    expect(metrics("killed")).toEqual(metrics("never"));
    expect(readdirSync(join(cwd, "killed")).sort()).toEqual(readdirSync(join(cwd, "never")).sort());
  }, 300_000);

  it("refuses a second process while one writes the run", async () => {
    const words = ["distill", ...SMALL, "--iterations", "3000", "--out", "busy", "--progress", "json"];
    const cli = startCli(words, { cwd, pauseAt: '"done":3,' });
    await cli.paused();
    const second = await runCli(["distill", "--resume", "busy"], { cwd });
    cli.child.kill("SIGKILL");
    await cli.finished;
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`busy is being written by process ${cli.child.pid}`);
  });
});

describe("a finished run", () => {
  beforeAll(() => distil("done", 3));

  it("is evaluated beside random real images, and remembers it", async () => {
    const first = await run("evaluate", "done", "--networks", "1", "--json");
    const { wholeSeconds, ...entry } = JSON.parse(first.stdout);
    expect(wholeSeconds).toBeGreaterThan(0);
    for (const row of [entry.distilled, entry.random]) {
      expect(row.mean).toBeGreaterThan(10);
      expect(row).toMatchObject({ std: 0, accuracies: [row.mean], protocol: { name: "quick" } });
      expect(row.network).toMatchObject({ width: 8, norm: "instance" });
    }
    const second = await run("evaluate", "done", "--networks", "2", "--no-random", "--norm", "batch");
    expect(second.stdout).toMatch(
      /^training set +images +test accuracy[^\n]*\n[- ]+\ndistilled +1 a class +\d+\.\d ± \d+\.\d % +2 /,
    );
    expect(readResults(join(cwd, "done"))).toHaveLength(2);
    expect(readResults(join(cwd, "done"))[0]).toEqual(entry);
  });

  it("is exported as pictures that are a data set again", async () => {
    await run("export", "done", "--to", "png", "--out", "pictures");
    expect(readdirSync(join(cwd, "pictures"))).toEqual(["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]);
    const words = ["--dataset", "pictures", "--preset", "quick", "--ipc", "1", "--iterations", "1", "--set", "width=8"];
    await run("distill", ...words, "--out", "again");
    expect(readSyntheticSet(join(cwd, "again")).classNames).toEqual(readSyntheticSet(join(cwd, "done")).classNames);
    const twice = await runCli(["export", "done", "--to", "png", "--out", "pictures"], { cwd });
    expect([twice.code, readdirSync(join(cwd, "pictures")).length]).toEqual([0, 10]);
    rmSync(join(cwd, "pictures/A"), { recursive: true });
    const other = await runCli(["export", "done", "--to", "png", "--out", "pictures"], { cwd });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("pictures exists already")]);
  });

  it("is exported as arrays", async () => {
    await run("export", "done", "--to", "npz", "--out", "set.npz");
    const arrays = decodeNpz(new Uint8Array(readFileSync(join(cwd, "set.npz"))));
    expect(arrays.pixels).toMatchObject({ dtype: "u1", shape: [10, 1, 32, 32] });
    expect(arrays.images!.data).toEqual(readSyntheticSet(join(cwd, "done")).images);
    await run("export", "done", "--to", "safetensors", "--out", "set.safetensors");
    const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(join(cwd, "set.safetensors"))));
    expect(tensors.pixels!.data).toEqual(arrays.pixels!.data);
  });
});

it("doctor says what works and what does not, and why", async () => {
  const { code, stdout } = await runCli(["doctor", "--json"], { cwd, env: { DATADAM_CACHE: join(cwd, "cache") } });
  const facts = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(facts.backends[0]).toEqual({ device: "cpu", available: true, detail: "works" });
  for (const { detail } of facts.backends) expect(detail).not.toBe("");
  expect(facts.cache).toEqual({ folder: join(cwd, "cache"), writable: true });
});

it("goes on without its cache where that cannot be written", async () => {
  writeFileSync(join(cwd, "no-folder"), "");
  const words = ["distill", ...SMALL, "--iterations", "1", "--set", "zca=true", "--out", "zca"];
  const { code, stderr } = await runCli(words, { cwd, env: { DATADAM_CACHE: join(cwd, "no-folder") } });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("warning: the cache is not used: ");
  expect(existsSync(join(cwd, "zca/preprocessing.safetensors"))).toBe(true);
  expect(readSyntheticSet(join(cwd, "zca")).preprocessing.zca?.eps).toBe(0.1);
});

it("images in images are distilled in shards, merged, evaluated and exported at their full size", async () => {
  const factor = ["--set", "factor=2"];
  await distil("parts", 2, ...factor);
  await distil("first", 2, ...factor, "--classes", "0-3");
  await distil("rest", 2, ...factor, "--classes", "4-9");
  await run("merge", "first", "rest", "--out", "all-parts");
  expectEqualRuns("parts", "all-parts");
  const { images, labels, factor: known } = readSyntheticSet(join(cwd, "all-parts"));
  expect([labels.length, images.length, known]).toEqual([10, 10 * 32 * 32, 2]);
  await run("export", "all-parts", "--to", "npz", "--out", "parts.npz");
  const exported = decodeNpz(new Uint8Array(readFileSync(join(cwd, "parts.npz"))));
  expect(exported.pixels).toMatchObject({ dtype: "u1", shape: [40, 1, 32, 32] });
  const { stdout } = await run("evaluate", "all-parts", "--networks", "1", "--protocol", "quick");
  expect(stdout).toContain("distilled, 2 x 2 in each");
});
