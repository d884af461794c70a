// A format of the user's own, as docs/guide/own-images.md shows it.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { exampleFolder, exampleOf, runExample } from "../../support-docs.ts";

const folder = exampleFolder("own-format");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("is one function: the page's example type-checks, reads rows for columns, distils and evaluates", () => {
  mkdirSync(join(folder, "stl10_binary"));
  // Class 1 is bright on the left half, class 2 on the right; stored columns first.
  const image = (label: number, shade: number) =>
    Buffer.alloc(3 * 9216).map((_, i) => (Math.floor(i / 96) % 96 < 48 === (label === 1) ? 200 + shade : shade));
  for (const [part, count] of [
    ["train", 4],
    ["test", 2],
  ] as const) {
    const labels = Array.from({ length: count }, (_, i) => 1 + (i % 2));
    writeFileSync(join(folder, `stl10_binary/${part}_X.bin`), Buffer.concat(labels.map(image)));
    writeFileSync(join(folder, `stl10_binary/${part}_y.bin`), Buffer.from(labels));
  }
  const shown = `${exampleOf("docs/guide/own-images.md")}
const row = [...train.image(0).subarray(96 * 10, 96 * 11)];
console.log(row.every((value, x) => value > 100 === x < 48), train.labels.join(""), train.shape.join("x"));`;
  const lines = runExample(folder, shown).trim().split("\n");
  expect(lines[0]).toMatch(/^4 images became 2: accuracy (50|100)\.0 %$/);
  expect(lines[1]).toBe("true 0101 3x96x96");
});
