// The example of docs/guide/continual-learning.md is compiled against the package's types, and run.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { ReplayMemory } from "../src/continual/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the package, so that its own name resolves.
const folder = join(root, ".cache", `downstream-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the example of a loop with ReplayMemory type-checks, and learns classes that come one after the other", () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(
    readFileSync(join(root, "docs/guide/continual-learning.md"), "utf8"),
  )!;
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(30);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "example.ts"), example);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options =
    "--ignoreConfig --strict --types node --target es2023 --module nodenext --moduleResolution nodenext example.ts";
  execFileSync(process.execPath, [tsc, ...options.split(" ")], { cwd: folder, stdio: "pipe" });
  const output = execFileSync(process.execPath, ["example.js"], { cwd: folder, encoding: "utf8" });
  const [, accuracy, size] = /accuracy ([\d.]+) %, (\d+) images remembered/.exec(output)!;
  // Ten classes, the last of which alone would give 10 %.
  expect(Number(accuracy)).toBeGreaterThan(30);
  expect(Number(size)).toBe(300);
  const memory = ReplayMemory.load(readFileSync(join(folder, "memory.safetensors")));
  expect(memory.counts.size).toBeGreaterThanOrEqual(9);
}, 400_000);
