// The example of docs/guide/banks.md is compiled against the package's types, and run.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { exampleFolder, exampleOf, runExample } from "../support-docs.ts";

const folder = exampleFolder("banks");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the example of banks makes one, and distils from it as a job and in a loop", () => {
  const lines = runExample(folder, exampleOf("docs/guide/banks.md")).trim().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["1", "2", "3", "4", "5"]);
  expect(lines.every((line) => Number(line.split(" ")[1]) > 0)).toBe(true);
  expect(existsSync(join(folder, "runs/letters/synthetic.safetensors"))).toBe(true);
});
