// A reader of a format, a published set and an option of reading, each added to the library in one place.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSafetensors } from "../../src/formats/index.ts";
import { type SourceCopy, sourceCopy } from "../support/sourceCopy.ts";
import { tree } from "./files.ts";

const OPTIONS = "src/data/readingTable.ts";
const OPTION = `  sharpness: option((z) => z.int().min(1).max(9), {
    about: "image files: how sharp they become",
    expected: "a whole number from 1 to 9",
    default: 5,
    argument: "n",
    recorded: true,
    decidesImages: true,
    refusal: "its images are as they are",
  }),
`;
let copy: SourceCopy;
beforeAll(() => {
  copy = sourceCopy("extending-data");
  copy.add("src/data/readers/safetensors.ts", { from: "examples/extending/reader.ts" });
  copy.line("src/data/readers/index.ts", 'export { safetensors } from "./safetensors.ts";');
  copy.add("src/data/sets/optdigits.ts", { from: "examples/extending/dataset.ts" });
  copy.line("src/data/sets/index.ts", 'export { optdigits } from "./optdigits.ts";');
  const options = readFileSync(fileURLToPath(new URL(`../../${OPTIONS}`, import.meta.url)), "utf8");
  copy.add(OPTIONS, { text: options.replace("  split: option(", `${OPTION}  split: option(`) });
  // Types too: the name of the set, and the option with its values.
  copy.add("src/use.ts", {
    text: `import { type DatasetName, type DatasetOptions, loadDataset } from "./data/index.ts";
export const name: DatasetName = "optdigits";
export const options: DatasetOptions = { sharpness: 3 };
// @ts-expect-error: a number is needed
export const wrong: DatasetOptions = { sharpness: "high" };
// @ts-expect-error: a named set has a test part
export const tested = async () => (await loadDataset("optdigits")).test.count + (await loadDataset("x")).test.count;
`,
  });
  expect(copy.compile()).toEqual({ status: 0, text: "" });
});
afterAll(() => copy.remove());

/** What `code` prints, which is run beside the compiled copy. */
function run(code: string): unknown {
  copy.add("check.mjs", {
    text: `import { datasets, loadDataset, readingOptions, readingSchema } from "datadam/data";
import { recordedReading, readingFromText } from "./dist/data/readingOptions.js";
import { z } from "${fileURLToPath(import.meta.resolve("zod"))}";
const failure = (work) => work.then(() => "no error", (error) => [error.code, error.message, error.hint ?? ""].join(" | "));
${code}`,
  });
  const { status, text } = copy.node("check.mjs");
  expect(status, text).toBe(0);
  return JSON.parse(text);
}

const digits = (labels: readonly number[]) =>
  labels.map((label) => `${Array.from({ length: 64 }, (_, i) => (i + label) % 17)},${label}\n`).join("");

test("a reader of a format, by one file and one line", () => {
  const data = Uint8Array.from({ length: 3 * 4 }, (_, i) => i * 20);
  const tensors = {
    images: { dtype: "U8", shape: [3, 1, 2, 2], data },
    labels: { dtype: "U8", shape: [3], data: Uint8Array.of(0, 1, 1) },
  } as const;
  const folder = tree({ "mine.safetensors": encodeSafetensors(tensors), "other.xyz": "x" });
  const [set, refusal, hint] = run(`
const { name, train } = await loadDataset(${JSON.stringify(join(folder, "mine.safetensors"))});
console.log(JSON.stringify([
  [name, train.shape, [...train.labels], [...train.pixels]],
  await failure(loadDataset(${JSON.stringify(join(folder, "mine.safetensors"))}, { size: 8 })),
  await failure(loadDataset(${JSON.stringify(join(folder, "other.xyz"))})),
]));`) as [unknown, string, string];
  expect(set).toEqual(["mine", [1, 2, 2], [0, 1, 1], [...data]]);
  expect(refusal).toMatch(/takes no option size \(given: 8\)/);
  expect(hint).toContain("a .safetensors file of images and labels");
});

test("a published set, by one file and one line", () => {
  const files = { "optdigits.tra": digits([0, 1, 2]), "optdigits.tes": digits([1]) };
  const dir = JSON.stringify(tree(files));
  const [about, set, warnings, refusals] = run(`
const warnings = [];
const { train, test } = await loadDataset("optdigits", { dir: ${dir}, onWarning: (text) => warnings.push(text) });
console.log(JSON.stringify([
  datasets.optdigits,
  [train.name, train.count, test.count, [...train.labels], train.pixels[16]],
  warnings,
  [await failure(loadDataset("optdigits")), await failure(loadDataset(${dir})),
    await failure(loadDataset("optdigits", { dir: ${dir}, size: 8 })), await failure(loadDataset("optdigit"))],
]));`) as [string, unknown, string[], string[]];
  expect(about).toMatch(/^Optical digits/);
  expect(set).toEqual(["optdigits/train", 3, 1, [0, 1, 2], 255]);
  expect(warnings[0]).toBe("optdigits/train has 3 images here; as published it has 3823.");
  expect(refusals).toEqual([
    expect.stringMatching(/needs to know where its files are.*`dir`/),
    expect.stringMatching(/holds optdigits as published/),
    expect.stringMatching(/takes no option size/),
    expect.stringMatching(/Known data sets:.* optdigits/),
  ]);
});

describe("an option of reading, in one place,", () => {
  test("is checked, explained, recorded, read from a text and refused where it makes no difference", () => {
    const [help, schema, recorded, value, refusals] = run(`
console.log(JSON.stringify([
  readingOptions.sharpness.about,
  z.toJSONSchema(readingSchema).properties.sharpness,
  recordedReading({ sharpness: 3, cacheDir: "x" }),
  readingFromText("sharpness", "7"),
  [await failure(loadDataset("builtin", { sharpness: 10 })), await failure(loadDataset("builtin", { sharpness: 3 }))],
]));`) as unknown[];
    expect(help).toBe("image files: how sharp they become");
    expect(schema).toMatchObject({
      type: "integer",
      maximum: 9,
      description: expect.stringMatching(/\(default: 5\)$/),
    });
    expect([recorded, value]).toEqual([{ sharpness: 3 }, 7]);
    expect(refusals).toEqual([
      expect.stringContaining("sharpness must be a whole number from 1 to 9, but it is 10"),
      expect.stringContaining('"builtin" takes no option sharpness (given: 3): its images are as they are'),
    ]);
  });
});
