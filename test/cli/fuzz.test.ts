// The fuzzer itself: readers with planted faults (scripts/fuzz/planted.mjs). Needs `npm run build`, as the fuzzer does.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { tree } from "../data/files.ts";

const PLANTED = "hang,waits,crash,exit,memory,thrown,later,rejected,writes-beside,writes-temporary,writes-far,writes-and-tells,wrong-sizes,wrong-label,sound,refuses"; // biome-ignore format: one list

it("finds every planted fault once, at its input, within a batch, and nothing else", { timeout: 600_000 }, async () => {
  const folder = tree({});
  const words = ["--plant", "--count", "20", "--seconds", "2", "--only", PLANTED, "--keep", folder];
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/fuzz.mjs", ...words]);
  expect(stdout).toMatch(/^320 inputs, 14 findings, \d+ s$/m);
  expect(stdout).not.toContain("not found");
  expect(existsSync(join(folder, "hang-0-7"))).toBe(true);
  expect(existsSync(join(tmpdir(), "far"))).toBe(false);
});
