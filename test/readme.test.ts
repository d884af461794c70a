// Examples of the README and of pages of the documentation are compiled against the package's types, and run.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { exampleFolder, exampleOf, runExample } from "./support-docs.ts";

const folder = exampleFolder("readme");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the README's example type-checks, distils, evaluates and saves", () => {
  const example = exampleOf("README.md");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(12);
  const accuracy = Number(/accuracy ([\d.]+) ±/.exec(runExample(folder, example))![1]);
  // Ten classes: chance is 10 %.
  expect(accuracy).toBeGreaterThan(20);
  expect(readFileSync(join(folder, "letters/synthetic.safetensors")).length).toBeGreaterThan(10 * 32 * 32 * 4);
});

it("a network of one's own, as docs/reference/networks.md has it, type-checks, is distilled with and evaluated", () => {
  const output = runExample(folder, exampleOf("docs/reference/networks.md"));
  expect(output).toMatch(/^strided: \d+\.\d %\n$/);
});

it("the library's example type-checks, resumes where it was stopped, and compares two sets", () => {
  const example = exampleOf("docs/guide/library.md");
  // A run that is not stopped gives the same set.
  const output = runExample(
    folder,
    `${example}
const whole = await distill(letters.train, { ...presets.quick, ipc: 1, iterations: 10 }).result;
console.log(Buffer.from(whole.images.buffer).equals(Buffer.from(sets.distilled.images.buffer)));`,
  );
  const iterations = [...output.matchAll(/^(\d+) [\d.]+$/gm)].map(([, iteration]) => Number(iteration));
  expect(iterations).toEqual([1, 2, 3, 4, 5]);
  const accuracy = (name: string): number => Number(new RegExp(`^${name}: ([\\d.]+) %$`, "m").exec(output)![1]);
  expect(accuracy("distilled")).toBeGreaterThan(20);
  expect(accuracy("k-means")).toBeGreaterThan(20);
  expect(output.trim().split("\n").at(-1)).toBe("true");
});
