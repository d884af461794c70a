// `datadam bank`: made, killed and resumed, described, merged, and distilled from. Needs `npm run build`.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeSafetensors, encodePng } from "../../src/formats/index.ts";
import type { BankInfo, StatisticsInfo } from "../../src/lab/index.ts";
import { type CliResult, runCli, startCli } from "../support-cli.ts";
import { readRecord } from "../support-run.ts";

const SMALL = ["--seed", "3", "--set", "width=4", "--images", "8"];
const PICTURES = [
  "--dataset",
  "pictures",
  "--size",
  "16",
  ...SMALL,
  "--networks",
  "3",
  "--draws",
  "2",
  "--set",
  "power=1",
];
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-bank-"));
  for (const [label, name] of ["ant", "bee", "cat"].entries()) {
    mkdirSync(join(cwd, "pictures", name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const pixels = Uint8Array.from({ length: 16 * 16 }, (_, j) => (j * (label + 3) + i * j * 7 + 31 * i) & 255);
      const png = encodePng(pixels, { width: 16, height: 16, channels: 1 });
      writeFileSync(join(cwd, "pictures", name, `${i}.png`), png);
    }
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

async function refused(code: number, ...words: string[]): Promise<string> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(code);
  return result.stderr;
}

/** What a bank consists of, by path. */
function filesOf(bank: string): Record<string, string> {
  const paths = readdirSync(join(cwd, bank), { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    paths
      .filter((path) => /^(statistics|networks|preprocessing).*\.(safetensors|json)$/.test(path))
      .sort()
      .map((path) => [
        path,
        createHash("sha256")
          .update(readFileSync(join(cwd, bank, path)))
          .digest("hex"),
      ]),
  );
}

const set = (folder: string): Buffer => readFileSync(join(cwd, folder, "synthetic.safetensors"));

describe("datadam bank", () => {
  it("killed in training and in statistics, and resumed by the same command, has the bytes of one made at once", async () => {
    const words = ["bank", ...SMALL, "--networks", "3", "--epochs", "1", "--snapshots", "0,1", "--draws", "2"];
    const all = [...words, "--progress", "json", "--checkpoint-every", "2"];
    const made = JSON.parse((await run(...all, "--out", "whole", "--json", "--workers", "1")).stdout);
    expect(made).toMatchObject({ bank: join(cwd, "whole"), networks: 6, draws: 2 });
    expect(made.secondsPerDraw).toBeGreaterThan(0);
    expect(made.secondsPerTraining).toBeGreaterThan(0);
    for (const [stage, done] of [
      ["training", 15],
      ["statistics", 47],
    ] as const) {
      const cli = startCli([...all, "--out", "killed"], { cwd, pauseAt: `"stage":"${stage}","done":${done},` });
      await cli.paused();
      cli.child.kill("SIGKILL");
      expect((await cli.finished).signal).toBe("SIGKILL");
    }
    const before = Object.keys(filesOf("killed")).length;
    expect(before).toBeGreaterThan(6);
    expect(before).toBeLessThan(Object.keys(filesOf("whole")).length);
    const { stderr } = await run(...all, "--out", "killed", "--workers", "2");
    expect(stderr).not.toContain('"stage":"training","done":1,');
    expect(filesOf("killed")).toEqual(filesOf("whole"));
    expect(Object.keys(filesOf("whole"))).toHaveLength(6 + 1 + 12);
    expect((await run(...words, "--out", "killed")).stdout).toMatch(/^killed: 6 networks, 2 draws, 0\.\d MB, \d+ s\n$/);
  });

  it("stopped by SIGTERM says how it is resumed", async () => {
    const words = ["bank", ...SMALL, "--networks", "50", "--progress", "json", "--out", "stopped"];
    const cli = startCli(words, { cwd, pauseAt: '"stage":"statistics","done":25,' });
    await cli.paused();
    cli.child.kill("SIGTERM");
    cli.goOn();
    const { code, stderr } = await cli.finished;
    expect(code).toBe(75);
    expect(stderr).toContain("stopped; the same command with --out stopped resumes");
  });

  it("info says what it holds, and what more would cost, which is what more costs", async () => {
    await run("bank", ...PICTURES, "--out", "plain", "--quiet");
    const info = async (bank: string): Promise<BankInfo> =>
      JSON.parse((await run("bank", "info", bank, "--json")).stdout);
    const first = await info("plain");
    expect(first).toMatchObject({
      dataset: { count: 24, shape: [1, 16, 16], classNames: ["ant", "bee", "cat"] },
      network: { name: "convnet", width: 4 },
      ...{ seed: 3, zca: false, training: null, classes: null, finished: true },
      statistics: [{ networks: 3, draws: 2, present: 6, wanted: 6, spec: { images: 8, sampling: "even" } }],
    });
    const [{ id, bytes, ...next }] = first.statistics as [StatisticsInfo];
    const [nextNetwork, nextDraw] = [next.nextNetwork!, next.nextDraw!];
    expect(bytes).toBe(first.bytes);
    expect(nextNetwork.seconds).toBeCloseTo((2 / 3) * nextDraw.seconds!, 10);
    const { stdout } = await run("bank", "info", "plain");
    expect(stdout).toContain(`statistics ${id}: 6 of 6 there (3 networks x 2 draws), ${(bytes / 1e6).toFixed(3)} MB\n`);
    expect(stdout).toContain("\n  attention of map 0, p 1, sum, l2\n");
    expect(stdout).toContain(`\n  one more network: ${(nextNetwork.bytes / 1e6).toFixed(3)} MB, about `);
    for (const [key, option, cost] of [
      ["networks", ["--networks", "4"], nextNetwork],
      ["draws", ["--draws", "3"], nextDraw],
    ] as const) {
      cpSync(join(cwd, "plain"), join(cwd, key), { recursive: true });
      await run("bank", ...PICTURES, ...option, "--out", key);
      expect((await info(key)).bytes - first.bytes).toBe(cost.bytes);
      const { [`statistics/${id}/spec.json`]: _, ...draws } = filesOf("plain");
      expect(filesOf(key)).toMatchObject(draws);
    }
    expect((await info("whole")).statistics[0]!.nextNetwork!.seconds).toBeGreaterThan(0);
  });

  it("gives what a distillation needs, without flags; what differs is refused by name", async () => {
    const printed = JSON.parse((await run("distill", "--bank", "plain", "--print-config")).stdout);
    expect(printed).toMatchObject({
      ...{ bank: join(cwd, "plain"), dataset: join(cwd, "pictures"), preset: "paper" },
      config: { power: 1, width: 4, batchReal: 8, sampling: "even", networks: 0, iterations: 8000, seed: 0 },
      sources: { dataset: "bank", preset: "bank", power: "bank", width: "bank", iterations: "preset", seed: "default" },
    });
    const words = ["distill", "--bank", "plain", "--ipc", "2"];
    await run(...words, "--iterations", "9", "--out", "nine");
    expect(readRecord(join(cwd, "nine"))).toMatchObject({
      config: { networks: 3, draws: 2, power: 1, width: 4, batchReal: 8 },
      bank: { path: join(cwd, "plain") },
    });
    await run(...words, "--iterations", "4", "--out", "goes");
    await run("distill", "--resume", "goes", "--iterations", "9");
    expect(set("goes").equals(set("nine"))).toBe(true);
    await run(...words, "--iterations", "9", "--networks", "2", "--draws", "1", "--out", "fewer");
    expect(readRecord(join(cwd, "fewer")).config).toMatchObject({ networks: 2, draws: 1 });
    expect(set("fewer").equals(set("nine"))).toBe(false);

    expect(await refused(2, ...words, "--set", "power=4")).toContain(
      "error: plain has no statistics of attention of map 0, p 4",
    );
    expect(await refused(2, ...words, "--set", "width=8")).toContain(
      "error: plain was made with width 4; this distillation has width 8",
    );
    expect(await refused(2, ...words, "--networks", "4")).toContain("hint: Add them by `datadam bank`");
    expect(await refused(2, ...words, "--dataset", "builtin")).toMatch(/the bank is of .*pictures, not of builtin/);
    cpSync(join(cwd, "pictures/ant"), join(cwd, "others/ant"), { recursive: true });
    cpSync(join(cwd, "pictures/cat"), join(cwd, "others/bee"), { recursive: true });
    expect(await refused(1, ...words, "--dataset", "others", "--size", "16")).toMatch(
      /plain is a bank of pictures\/train with 24 images; these are other images: others\/train with 16/,
    );
    expect(await refused(1, "distill", "--bank", "nowhere")).toMatch(
      /No bank in nowhere\nhint: Make one by `?datadam bank/,
    );
    await run("distill", "--ipc", "1", "--iterations", "1", "--set", "width=4", "--out", "without");
    expect(await refused(1, "distill", "--resume", "without", "--bank", "plain")).toContain("begun without a bank");
  });

  it("is distilled from with noise where the data set is gone, and from another place", async () => {
    cpSync(join(cwd, "plain"), join(cwd, "moved"), { recursive: true });
    const words = ["--ipc", "1", "--init", "noise"];
    rmSync(join(cwd, "away"), { recursive: true, force: true });
    cpSync(join(cwd, "pictures"), join(cwd, "away"), { recursive: true });
    rmSync(join(cwd, "pictures"), { recursive: true });
    await run("distill", "--bank", "moved", ...words, "--iterations", "5", "--out", "noise");
    const { images } = decodeSafetensors(set("noise")).tensors;
    expect(images!.shape).toEqual([3, 1, 16, 16]);
    rmSync(join(cwd, "moved"), { recursive: true });
    expect(await refused(1, "distill", "--resume", "noise", "--iterations", "7")).toContain("No bank in moved");
    await run("distill", "--resume", "noise", "--iterations", "7", "--bank", "plain");
    await run("distill", "--bank", "plain", ...words, "--iterations", "7", "--out", "seven");
    expect(set("noise").equals(set("seven"))).toBe(true);
    expect(await refused(1, "distill", "--bank", "plain", "--ipc", "1")).toContain("pictures");
    cpSync(join(cwd, "away"), join(cwd, "pictures"), { recursive: true });
  });

  it("in shards of classes, merged, has the bytes of the whole", async () => {
    await run("bank", ...PICTURES, "--classes", "0,2", "--out", "low");
    await run("bank", ...PICTURES, "--classes", "1", "--out", "high");
    expect((await run("bank", "info", "low")).stdout).toContain("a shard of classes 0, 2\n");
    const { stdout } = await run("bank", "merge", "low", "high", "--out", "merged");
    expect(stdout).toMatch(/^merged: 3 networks, 2 draws, /);
    expect(filesOf("merged")).toEqual(filesOf("plain"));
    expect(await refused(2, "bank", "merge", "low", "--out", "half")).toContain("hint: Make one with --classes 1");
    // Merged again, nothing is done; another bank is left alone.
    const again = await run("bank", "merge", "low", "high", "--out", "merged");
    expect(again.stdout).toMatch(/^merged: 3 networks, 2 draws, /);
    expect(filesOf("merged")).toEqual(filesOf("plain"));
    await run("bank", ...PICTURES, "--seed", "4", "--networks", "1", "--out", "other", "--quiet");
    expect(await refused(1, "bank", "merge", "low", "high", "--out", "other")).toMatch(/other already holds/);
    await run("distill", "--bank", "merged", "--ipc", "2", "--iterations", "9", "--out", "of-merged");
    expect(set("of-merged").equals(set("nine"))).toBe(true);
  });

  it("names a damaged file, which the same command makes again", async () => {
    const [path] = Object.keys(filesOf("plain")).filter((name) => name.endsWith("n00002.d001.safetensors"));
    const file = join(cwd, "plain", path!);
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 2]! ^= 1;
    writeFileSync(file, damaged);
    const words = ["distill", "--bank", "plain", "--ipc", "1", "--init", "noise", "--iterations", "6", "--out", "torn"];
    expect(await refused(1, ...words)).toContain(
      `error: plain/${path} is damaged: the checksum of class 2 does not match\nhint: Remove it and make the bank again`,
    );
    rmSync(file);
    expect(await refused(1, ...words)).toContain(
      "plain lacks 1 of the 6 draws of 3 networks with 2 each, such as n00002.d001.safetensors",
    );
    await run("bank", ...PICTURES, "--out", "plain");
    expect(readFileSync(file).equals(whole)).toBe(true);
    await run(...words);
  });

  it("is a job too, which run prints as its own command does", async () => {
    cpSync(join(cwd, "plain/job.json"), join(cwd, "bank.json"));
    const { stdout } = await run("run", "bank.json", "--out", "again");
    expect(stdout).toMatch(/^again: 3 networks, 2 draws, 0\.\d MB, \d+ s\n$/);
    expect(filesOf("again")).toEqual(filesOf("plain"));
  });

  it("is made by the preset plus where there is none, and found by its next run", async () => {
    const plus = ["distill", "--dataset", "pictures", "--size", "16", "--preset", "plus", "--iterations", "2"];
    const set = ["--set", "width=4", "--set", "factor=1", "--ipc", "1"];
    const first = await run(...plus, ...set, "--out", "plus/a", "--progress", "plain");
    // 200 epochs of one step, in which two networks see 24 images each.
    expect(first.stderr).toMatch(/training 400\/400 \(100 %\), \d+ s left in all\n/);
    const [bank] = readdirSync(join(cwd, "banks"));
    expect(bank).toMatch(/^pictures-[0-9a-f]{8}$/);
    const second = await run(...plus, ...set, "--seed", "1", "--out", "plus/b", "--progress", "plain");
    expect(second.stderr).not.toMatch(/training \d/);
    expect(readRecord(join(cwd, "plus/b")).bank).toEqual(readRecord(join(cwd, "plus/a")).bank);
    // One that is named, and is not there yet.
    await run(...plus, ...set, "--bank", "own", "--out", "plus/c");
    expect(readRecord(join(cwd, "plus/c")).bank!.path).toBe(join(cwd, "own"));
    expect(readFileSync(join(cwd, "plus/c/synthetic.safetensors"))).toEqual(
      readFileSync(join(cwd, "plus/a/synthetic.safetensors")),
    );
  });

  it("refuses what cannot be", async () => {
    expect(await refused(2, "bank", "--epochs", "1", "--snapshots", "2")).toContain(
      "--snapshots: epoch 2 is beyond the 1 of training",
    );
    expect(await refused(2, "bank", "--method", "dc")).toContain("method dc does not match class means");
    expect(await refused(2, "bank", "--snapshots", "first")).toContain("Expected a number of 0 or more");
    expect(await refused(2, "bank", "list")).toContain("too many arguments for 'bank'");
    expect(await refused(1, "bank", ...PICTURES, "--seed", "4", "--out", "plain")).toMatch(
      /seed[\s\S]*hint: Choose another folder with --out\./,
    );
    expect(await refused(1, "bank", "info", "nine")).toContain("does not hold the record of a bank");
  });
});
