// Data that has moved since a run was begun: the fingerprint of the images decides, not their path.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpz } from "../../src/formats/index.ts";
import { type CliResult, runCli } from "../support-cli.ts";

const COUNT = 24;

/** Sixteen by sixteen pixels in three classes, in two parts. */
function images(shade: number): Uint8Array {
  const part = (offset: number) => ({
    dtype: "u1" as const,
    shape: [COUNT, 16, 16, 3],
    data: Uint8Array.from(
      { length: COUNT * 768 },
      (_, i) => (i * (shade + 7) + offset + Math.floor(i / 768) * 31) % 251,
    ),
  });
  const labels = { dtype: "i8" as const, shape: [COUNT], data: BigInt64Array.from({ length: COUNT }, (_, i) => BigInt(i % 3)) }; // biome-ignore format: short
  return encodeNpz({ x_train: part(0), y_train: labels, x_test: part(5), y_test: labels });
}

const cwd = mkdtempSync(join(tmpdir(), "datadam-moved-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const SMALL = ["--preset", "quick", "--ipc", "1", "--set", "width=8", "--set", "batchReal=4", "--workers", "1"];

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli([...words, "--quiet"], { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

const place = (): string => JSON.parse(readFileSync(join(cwd, "run/record.json"), "utf8")).dataset.source;

beforeAll(async () => {
  mkdirSync(join(cwd, "old"));
  mkdirSync(join(cwd, "new"));
  writeFileSync(join(cwd, "old/set.npz"), images(0));
  writeFileSync(join(cwd, "others.npz"), images(1));
  await run("distill", "--dataset", "old/set.npz", ...SMALL, "--iterations", "2", "--out", "run");
  await run("train", "--dataset", "old/set.npz", "--width", "8", "--epochs", "1", "--batch", "8", "--checkpoint-every", "1", "--out", "trained"); // biome-ignore format: short
  renameSync(join(cwd, "old/set.npz"), join(cwd, "new/set.npz"));
}, 60_000);

describe("a run whose data has moved", () => {
  it("says so, and how the new place is given", async () => {
    const { code, stderr } = await runCli(["distill", "--resume", "run", "--iterations", "3"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: old\/set.npz is not there any more\nhint: Where set\/train is now, say by --data-dir/,
    );
  });

  it.each([
    ["--data-dir", "new/set.npz"],
    ["--data-dir", "new"],
    ["--dataset", "new/set.npz"],
  ])("is resumed by %s %s, and remembers the place", async (option, path) => {
    writeFileSync(join(cwd, "run/record.json"), readFileSync(join(cwd, "run/record.json"), "utf8").replace("/new/", "/old/")); // biome-ignore format: short
    const iterations = String(3 + 2 * Number(option === "--dataset") + Number(path === "new"));
    await run("distill", "--resume", "run", "--iterations", iterations, option, path);
    expect(place()).toBe(join(cwd, "new/set.npz"));
    await run("evaluate", "run", "--networks", "1", "--no-random");
  });

  it.each(["--data-dir", "--dataset"])("is not resumed by %s with other images", async (option) => {
    const { code, stderr } = await runCli(["distill", "--resume", "run", "--iterations", "9", option, "others.npz"], { cwd }); // biome-ignore format: short
    expect(code).toBe(1);
    expect(stderr).toContain("error: The images of others.npz are not those that the run was made from");
    expect(place()).toBe(join(cwd, "new/set.npz"));
  });

  it("is evaluated by --data-dir, and a training resumed", async () => {
    const text = readFileSync(join(cwd, "run/record.json"), "utf8").replace("/new/", "/old/");
    writeFileSync(join(cwd, "run/record.json"), text);
    await run("evaluate", "run", "--networks", "1", "--no-random", "--seed", "3", "--data-dir", "new/set.npz");
    // As if it had been killed before its end.
    renameSync(join(cwd, "trained/finished.json"), join(cwd, "finished.json"));
    await run("train", "--resume", "trained", "--data-dir", "new");
    const [before, after] = [join(cwd, "finished.json"), join(cwd, "trained/finished.json")].map(
      (path) => JSON.parse(readFileSync(path, "utf8")).files,
    );
    expect(after).toEqual(before);
  });
});
