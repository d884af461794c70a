// The examples of the README and of docs/reference/networks.md are compiled against the package's types, and run.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { exampleFolder, exampleOf, runExample } from "./support-docs.ts";

const folder = exampleFolder("readme");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the README's example type-checks, distils, evaluates and saves", () => {
  const example = exampleOf("README.md");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
  const accuracy = Number(/accuracy ([\d.]+) ±/.exec(runExample(folder, example))![1]);
  // Ten classes: chance is 10 %.
  expect(accuracy).toBeGreaterThan(20);
  expect(readFileSync(join(folder, "letters/synthetic.safetensors")).length).toBeGreaterThan(10 * 32 * 32 * 4);
});

it("a network of one's own, as docs/reference/networks.md has it, type-checks, is distilled with and evaluated", () => {
  const output = runExample(folder, exampleOf("docs/reference/networks.md"));
  expect(output).toMatch(/^strided: \d+\.\d %\n$/);
});
