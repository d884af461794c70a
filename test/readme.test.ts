// The examples of the README and of docs/networks.md are compiled against the package's types, and run.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the package, so that its own name resolves.
const folder = join(root, ".cache", `readme-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles an example against the package's types, runs it, and gives what it prints. */
function runExample(name: string, example: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.ts`), example);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options =
    "--ignoreConfig --strict --skipLibCheck --types node --target es2023 --module nodenext --moduleResolution nodenext";
  execFileSync(process.execPath, [tsc, ...options.split(" "), `${name}.ts`], { cwd: folder, stdio: "pipe" });
  return execFileSync(process.execPath, [`${name}.js`], { cwd: folder, encoding: "utf8" });
}

const exampleOf = (page: string): string => /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, page), "utf8"))![1]!;

it("the README's example type-checks, distils, evaluates and saves", () => {
  const example = exampleOf("README.md");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
  const output = runExample("example", example);
  const accuracy = Number(/accuracy ([\d.]+) ±/.exec(output)![1]);
  // Ten classes: chance is 10 %.
  expect(accuracy).toBeGreaterThan(20);
  expect(readFileSync(join(folder, "letters/synthetic.safetensors")).length).toBeGreaterThan(10 * 32 * 32 * 4);
});

it("a network of one's own, as docs/networks.md has it, type-checks, is distilled with and evaluated", () => {
  const output = runExample("network", exampleOf("docs/networks.md"));
  expect(output).toMatch(/^strided: \d+\.\d %\n$/);
});
