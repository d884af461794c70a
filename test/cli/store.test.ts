// Sets on the disk through the command line: killed while decoding, gone on with, and distilled to the same bytes.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadDataset } from "../../src/data/index.ts";
import { fingerprint } from "../../src/run/index.ts";
import { colour, tree } from "../data/files.ts";
import { type CliResult, runCli, startCli } from "../support-cli.ts";
import { readRecord } from "../support-run.ts";

/** Image files of two classes. */
const images = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`set/${"ab"[i % 2]}/${i}.png`, colour([i % 256, 80, 3])]),
  );

const decoded = (stderr: string): number[] =>
  stderr.split("\n").flatMap((line) => (line.includes('"decoding"') ? [JSON.parse(line).done as number] : []));

it("goes on with what a kill -9 has left of the cache, and gives the set that memory gives", async () => {
  const cwd = tree(images(150));
  const env = { DATADAM_CACHE: join(cwd, "cache") };
  // At 256 pixels a batch that lasts is 42 images.
  const words = ["data", "info", "set", "--size", "256", "--store", "disk", "--progress", "json", "--json"];
  const killed = startCli(words, { cwd, env, pauseAt: '"done":61,' });
  await killed.paused();
  killed.child.kill("SIGKILL");
  expect((await killed.finished).signal).toBe("SIGKILL");
  expect(readdirSync(join(cwd, "cache"))).toEqual([expect.stringMatching(/^images-.*\.partial$/)]);

  const again = await runCli(words, { cwd, env });
  expect(again.code, again.stderr).toBe(0);
  const [first] = decoded(again.stderr);
  expect([first % 42, first >= 42, first < 150]).toEqual([0, true, true]);
  expect(readdirSync(join(cwd, "cache"))).toEqual([expect.stringMatching(/^images-[0-9a-f]{64}$/)]);

  const cached = await runCli(words, { cwd, env });
  expect(decoded(cached.stderr)).toEqual([]);
  const memory = await runCli(words.with(6, "memory"), { cwd, env });
  expect([again.stdout, cached.stdout]).toEqual([memory.stdout, memory.stdout]);
});

it("notices a flipped bit of the cache, alone or by `data verify`, and makes the file anew", async () => {
  const cwd = tree(images(12));
  const env = { DATADAM_CACHE: join(cwd, "cache") };
  const words = ["data", "info", "set", "--size", "16", "--store", "disk", "--quiet", "--json"];
  const first = await runCli(words, { cwd, env });
  const spoil = (): void => {
    const [name] = readdirSync(join(cwd, "cache"));
    const path = join(cwd, "cache", name!);
    const bytes = readFileSync(path);
    bytes[1000]! ^= 4;
    writeFileSync(path, bytes);
  };
  const verify = () => runCli(["data", "verify", "--json", "--quiet"], { cwd, env });
  expect(JSON.parse((await verify()).stdout).files).toEqual([expect.objectContaining({ images: 12, state: "whole" })]);
  for (const look of [() => runCli(words, { cwd, env }), verify]) {
    spoil();
    const noticed = await look();
    expect(noticed.code).toBe(1);
    expect(noticed.stderr).toMatch(/error: .*(is damaged|1 of 1 file of the cache had changed)/);
    expect(readdirSync(join(cwd, "cache"))).toEqual([]);
    expect(await runCli(words, { cwd, env })).toMatchObject({ code: 0, stdout: first.stdout });
  }
});

it("distils the same bytes from the disk as from memory, and remembers what was skipped", async () => {
  const cwd = tree({ ...images(24), "set/a/broken.png": "no image" });
  const env = { DATADAM_CACHE: join(cwd, "cache") };
  const run = async (...words: string[]): Promise<CliResult> => {
    const result = await runCli(words, { cwd, env });
    expect(result.code, result.stderr).toBe(0);
    return result;
  };
  const words = [
    "--dataset",
    "set",
    "--size",
    "16",
    "--preset",
    "quick",
    "--ipc",
    "1",
    "--split",
    "1",
    "--set",
    "width=8",
  ];
  for (const store of ["memory", "disk"]) {
    const { stderr } = await run("distill", ...words, "--iterations", "2", "--store", store, "--corrupt", "skip", "--out", store); // biome-ignore format: short
    expect(stderr).toMatch(/warning: 1 image of .* was skipped: .*broken.png" is not a PNG/);
  }
  const set = (folder: string) => readFileSync(join(cwd, folder, "synthetic.safetensors"));
  expect(set("disk").equals(set("memory"))).toBe(true);
  const record = readRecord(join(cwd, "disk"));
  expect(record.dataset).toMatchObject({ store: "disk", corrupt: "skip", count: 24 });
  const { train } = await loadDataset(join(cwd, "set"), { size: 16, corrupt: "skip" });
  expect(record.dataset.fingerprint).toBe(fingerprint(train));
  await run("distill", "--resume", "disk", "--iterations", "3", "--store", "memory");
});
