// The example of docs/guide/jobs.md is compiled against the package's types, and run.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { exampleFolder, exampleOf, runExample } from "../support-docs.ts";

const folder = exampleFolder("jobs");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the example of jobs type-checks, distils, evaluates, and finds its job finished", () => {
  const example = exampleOf("docs/guide/jobs.md");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
  const output = runExample(folder, example);
  const iterations = [...output.matchAll(/^(\d+) [\d.]+$/gm)].map(([, iteration]) => Number(iteration));
  expect(iterations).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // Ten classes: chance is 10 %.
  expect(Number(/accuracy ([\d.]+) %/.exec(output)![1])).toBeGreaterThan(15);
  expect(output.trim().split("\n").at(-1)).toBe("finished before");
  expect(existsSync(join(folder, "runs/letters/result.json"))).toBe(true);
});
