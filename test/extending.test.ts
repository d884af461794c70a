// A network with an option of its own and an augmentation, each added to the library by one file and one line.

import { evaluate, imageSet, prepare, protocols } from "datadam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { strided } from "../examples/extending/network.ts";
import type { Operation } from "../src/augment/index.ts";
import { type SourceCopy, sourceCopy } from "./support/sourceCopy.ts";

const LISTS = { networks: "src/nn/architectures/index.ts", operations: "src/augment/operations/index.ts" };
let copy: SourceCopy;
beforeAll(() => {
  copy = sourceCopy("extending", ["test/augment", "test/fixtures/augment"]);
  copy.add("src/nn/architectures/strided.ts", { from: "examples/extending/network.ts" });
  copy.line(LISTS.networks, 'export { strided } from "./strided.ts";');
  copy.add("src/augment/operations/roll.ts", { from: "examples/extending/augmentation.ts" });
  copy.line(LISTS.operations, 'export { roll } from "./roll.ts";');
  expect(copy.compile()).toEqual({ status: 0, text: "" });
});
afterAll(() => copy.remove());

const datadam = (...words: readonly string[]) => copy.node("dist/cli/main.js", ...words);
const small = ["--ipc", "1", "--iterations", "1", "--set", "batchReal=4", "--set", "width=8", "--quiet"];

describe("a network, added by one file and one line,", () => {
  it("brings its name and its option to the command line", () => {
    expect(datadam("evaluate", "--help").text).toContain("strided");
    expect(datadam("keys").text).toMatch(/kernel\b.*strided: Extent of the kernels, odd/s);
    const run = ["distill", "--out", "run", ...small, "--set", "arch=strided"];
    expect(datadam(...run, "--set", "kernel=4").text).toContain("strided: kernel must be odd, got 4");
    expect(datadam(...run, "--set", "kernel=11").text).toContain("kernel: must be at most 9");
    expect(datadam("distill", ...small, "--set", "kernel=5").text).toContain("kernel does not apply to convnet");
    const printed = datadam(...run, "--set", "kernel=5", "--print-config").text;
    expect(printed).toMatch(/kernel.*5/);
  });

  it("is distilled with, and its option is kept for the evaluation", () => {
    const run = ["distill", "--out", "run", ...small, "--set", "arch=strided", "--set", "kernel=5"];
    expect(datadam(...run)).toMatchObject({ status: 0 });
    copy.add("check.mjs", {
      text: `import { readSyntheticSet } from "datadam";
import { resolveNetwork } from "datadam/nn";
const set = readSyntheticSet("run");
console.log(JSON.stringify(resolveNetwork({}, set, [set.provenance]).parameters[0]));`,
    });
    expect(JSON.parse(copy.node("check.mjs").text)).toMatchObject({ name: "conv1.weight", shape: [8, 1, 5, 5] });
  });
});

it("the same network is handed over from outside, with its option", async () => {
  const set = imageSet({
    name: "dots",
    shape: [1, 8, 8],
    classNames: ["dark", "light"],
    labels: Uint16Array.of(0, 1, 0, 1),
    pixels: Uint8Array.from({ length: 256 }, (_, i) => (Math.floor(i / 64) % 2 === 0 ? 10 : 240) + (i % 7)),
    normalization: { mean: [0.5], std: [0.25] },
  });
  const prepared = await prepare(set, { zca: false });
  const images = prepared.read([0, 1]);
  const { network, mean } = await evaluate(
    {
      images,
      labels: Uint16Array.of(0, 1),
      shape: set.shape,
      classNames: set.classNames,
      preprocessing: prepared.preprocessing,
      provenance: {},
    },
    prepared,
    {
      arch: (options) => strided({ ...options, kernel: 5 }),
      networks: 1,
      protocol: { ...protocols.quick, name: "short", epochs: 40, lr: 0.1, augment: "none" },
    },
  );
  expect(network).toMatchObject({ name: "strided", kernel: 5, width: 16 });
  expect(mean).toBe(100);
});

describe("an augmentation, added by one file and one line,", () => {
  it("is drawn, applied, and held to its adjoint by the test that is there", () => {
    const { text, status } = copy.test("test/augment/apply.test.ts");
    expect(text).toContain("of roll is the transpose of its linear part");
    expect(status, text).toBe(0);
  });

  it("is a part of strategies, but not of the automatic one", () => {
    const printed = (strategy: string) =>
      datadam("distill", ...small, "--set", `augment=${strategy}`, "--print-config");
    expect(printed("roll_color").text).toContain("roll_color");
    expect(printed("rol_color").text).toContain("crop, cutout, flip, roll, rotate, scale");
    const out = ["--out", "rolled", ...small, "--set", "augment=roll", "--set", "depth=1"];
    expect(datadam("distill", ...out)).toMatchObject({ status: 0 });
  });

  it("does not compile where a piece is missing", () => {
    const [mirrors, draw, apply, adjoint] = [false, (): object => ({}), (): void => {}, (): void => {}];
    // @ts-expect-error: what it does to labels is missing.
    const one: Operation<object> = { draw, apply, adjoint };
    // @ts-expect-error: it cannot be drawn.
    const two: Operation<object> = { mirrors, apply, adjoint };
    // @ts-expect-error: it cannot be applied.
    const three: Operation<object> = { mirrors, draw, adjoint };
    // @ts-expect-error: the adjoint is missing.
    const four: Operation<object> = { mirrors, draw, apply };
    expect([one, two, three, four].map((operation) => Object.keys(operation).length)).toEqual([3, 3, 3, 3]);

    // Nor does its line in the list, where the file itself does not name the type.
    copy.add("src/augment/operations/half.ts", {
      text: "// An operation without its adjoint.\nexport const half = { mirrors: false, draw: () => ({}), apply() {} };\n",
    });
    copy.line(LISTS.operations, 'export { half } from "./half.ts";');
    const { status, text } = copy.compile();
    expect(status).not.toBe(0);
    expect(text).toMatch(/src\/augment\/registry\.ts.*error[\s\S]*'half'[\s\S]*'adjoint' is missing/);
  });
});
