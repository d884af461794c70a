// The README's example is compiled against the package's types, and run.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the package, so that its own name resolves.
const folder = join(root, ".cache", `readme-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the README's example type-checks, distils, evaluates and saves", () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))!;
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "example.ts"), example);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options =
    "--ignoreConfig --strict --skipLibCheck --types node --target es2023 --module nodenext --moduleResolution nodenext example.ts";
  execFileSync(process.execPath, [tsc, ...options.split(" ")], { cwd: folder, stdio: "pipe" });
  const output = execFileSync(process.execPath, ["example.js"], { cwd: folder, encoding: "utf8" });
  const accuracy = Number(/accuracy ([\d.]+) ±/.exec(output)![1]);
  // Ten classes: chance is 10 %.
  expect(accuracy).toBeGreaterThan(20);
  expect(readFileSync(join(folder, "letters/synthetic.safetensors")).length).toBeGreaterThan(10 * 32 * 32 * 4);
});
