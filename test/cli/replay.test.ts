// `datadam replay`: what a set is worth as the memory of a stream.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/formats/index.ts";
import { type CliResult, runCli } from "../support-cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-replay-"));
  const png = encodePng(new Uint8Array(64).fill(9), { width: 8, height: 8, channels: 1 });
  for (const name of ["a", "b"]) {
    mkdirSync(join(cwd, "other", name), { recursive: true });
    for (const image of [0, 1]) writeFileSync(join(cwd, "other", name, `${image}.png`), png);
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd });

describe("datadam replay", () => {
  it("prints accuracy along the stream, with the set and without", async () => {
    await run("select", "--method", "random", "--ipc", "5", "--set", "width=8", "--out", "set");
    const words = [
      "replay",
      "--set",
      "set",
      "--stream",
      "builtin",
      "--classes",
      "5-9",
      "--lr",
      "0.02",
      "--points",
      "2",
      "--out",
      "kept",
    ];
    const { code, stdout, stderr } = await run(...words, "--quiet");
    expect(code, stderr).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^images seen +classes +with the set +without$/);
    expect(lines.at(-1)).toBe("Test accuracy on all classes, memory of 50 images.");
    const rows = lines.slice(2, -1).map((line) => line.split(/ {2,}/));
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ["640", "3"],
      ["1250", "5"],
    ]);
    const [remembered, lost] = rows[1]!.slice(2).map((cell) => Number.parseFloat(cell));
    // Of the classes that do not come, half of all, nothing can be known without the set.
    expect(lost).toBeLessThanOrEqual(50);
    expect(remembered).toBeGreaterThan(lost!);
    // What is kept is not done again, by this command or by its job.
    expect(await run(...words, "--progress", "plain")).toMatchObject({ code: 0, stdout, stderr: "" });
    expect(await run("run", "kept/job.json", "--out", "kept")).toMatchObject({ code: 0, stdout });
  });

  it.each([
    [["--set", "nowhere", "--stream", "builtin"], "error: No distilled set at nowhere"],
    [["--set", "set", "--stream", "other", "--split", "0.5"], "error: the set has the classes"],
    [["--set", "set", "--stream", "builtin", "--classes", "10"], "error: --classes: there is no class 10"],
  ])("%s: says what is wrong", async (words, message) => {
    const { code, stderr } = await run("replay", ...words);
    expect(stderr).toContain(message);
    expect(code).toBeGreaterThan(0);
  });
});
