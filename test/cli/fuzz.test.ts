// The fuzzer itself: readers with planted faults (scripts/fuzz/planted.mjs). Needs `npm run build`, as the fuzzer does.

import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

/** Input 214 of seed 0 is a .pt of a dict whose key is of shared parts: as text it would be 2^60 long. */
const SHARED_KEY = ["--structure", "--only", "foreign-pt", "--first", "210", "--count", "8", "--seconds", "1"];

it("finds a reader that makes text of a key of shared parts, and nothing in ours", { timeout: 900_000 }, async () => {
  const folder = tree({ "test/.keep": "", "scripts/.keep": "" });
  for (const path of ["dist", "scripts/fuzz", "scripts/fuzz.mjs", "package.json"])
    cpSync(path, join(folder, path), { recursive: true });
  for (const path of ["node_modules", "test/fixtures"]) symlinkSync(resolve(path), join(folder, path));
  const words = ["scripts/fuzz.mjs", ...SHARED_KEY, "--keep", join(folder, "kept")];
  const fuzz = () => promisify(execFile)(process.execPath, words, { cwd: folder }).catch((error) => error);
  expect((await fuzz()).stdout).toMatch(/^8 inputs, 0 findings/m);
  const reader = join(folder, "dist/data/foreign/foreignArrays.js");
  const sound = readFileSync(reader, "utf8");
  const planted = sound.replace('.filter(([key]) => typeof key === "string")', "");
  expect(planted).not.toBe(sound);
  writeFileSync(reader, planted);
  const { stdout, stderr } = await fuzz();
  expect(stdout).toMatch(/^8 inputs, [1-9] findings/m);
  expect(stderr).toMatch(/^foreign-pt: hang: .*\n {2}input 214, kept in/m);
});
