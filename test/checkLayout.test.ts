// The check of the source layout (scripts/check-layout.mjs) over made-up sources with a layout of their own: what it
// finds, and what it accepts.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";
import { expect, it, onTestFinished } from "vitest";

/** Of the made-up sources: what this repository's own layout says is no matter here. */
const LAYOUT = {
  strict: false,
  floors: {
    machine: {
      random: { imports: [] },
      tensor: { imports: [] },
      engine: { imports: ["tensor"], node: ["node/", "worker.ts"] },
    },
    model: {
      nn: { imports: ["tensor", "random"] },
      images: { imports: [] },
    },
    method: {
      plots: { imports: [] },
      evaluate: { imports: ["nn", "images"] },
      distill: { imports: ["nn", "images"] },
    },
    work: {
      data: { imports: ["images"], node: true },
      run: { imports: ["distill"] },
      cli: { imports: "above", node: true },
    },
  },
  debts: [],
  common: ["errors.ts"],
  open: ["distill/config.ts"],
  reserved: [["^cli/commands/", "cli/commands/index.ts", "cli/program.ts"]],
  circles: [["tensor/matmul.ts", "tensor/reduce.ts"]],
  nativePackages: ["sharp"],
  limits: { filesInFolder: 16, share: { folder: "cli", atMost: 1 / 8 }, columns: 120 },
};

/** Writes the sources, what they compile to and a layout, and checks them. @param changes to {@link LAYOUT} */
function check(
  files: Record<string, string>,
  changes: object = {},
): { status: number | null; faults: string[]; notes: string[] } {
  const root = mkdtempSync(join(tmpdir(), "datadam-layout-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const layout = Object.entries({ ...LAYOUT, ...changes });
  write(
    join(root, "layout.config.mjs"),
    layout.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`).join(""),
  );
  for (const [path, text] of Object.entries(files)) {
    write(join(root, path), text);
    const { code } = transformSync(text, {
      jsc: { parser: { syntax: "typescript" }, target: "es2022", transform: { verbatimModuleSyntax: true } },
    });
    write(
      join(root, path.replace(/^src/, "dist").replace(/\.ts$/, ".js")),
      code.replaceAll(/(["']\.[^"']*)\.ts(["'])/g, "$1.js$2"),
    );
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/check-layout.mjs", root], {
    encoding: "utf8",
  });
  const faults = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("check-layout:"));
  return { status, faults, notes: stdout.split("\n").filter((line) => line !== "") };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

it("names file and line of every forbidden import", () => {
  const { status, faults } = check({
    "src/index.ts": 'export { x } from "./tensor/inner.ts";',
    "src/nn/index.ts":
      '// a comment with import "node:fs"\nimport { readFileSync } from "node:fs";\nexport { x } from "../tensor/inner.ts";\nexport { readFileSync };',
    "src/tensor/index.ts":
      'import {\n  a,\n  b,\n} from "../nn/index.ts";\nimport type { C } from "../images/classes.ts";\nexport { a, b, type C };',
    "src/tensor/inner.ts": 'import { version } from "../index.ts";\nexport const x = version;',
    "src/images/index.ts": "export const i = 1;",
    "src/images/classes.ts": "export type C = 1;",
    "src/engine/index.ts": "export const e = 1;",
    "src/run/index.ts": 'export const late = await import("../engine/index.ts");',
    "src/run/other.ts": 'import "../../outside.ts";\nimport "./gone.ts";',
    "outside.ts": "export {};",
    "src/attic/index.ts": "export const x = 1;",
    "src/cli/program.ts": "export {};",
    "src/cli/commands/a.ts": "export const a = 1;\nexport type A = 1;",
    "src/cli/commands/b.ts": 'import { a } from "./a.ts";\nimport type { A } from "./a.ts";\nexport const b: A = a;',
  });
  expect(faults).toEqual([
    "src/attic: not in the table of layout.config.mjs",
    "src/cli/commands/b.ts:1: " +
      "is not src/cli/commands/index.ts or src/cli/program.ts and must not import src/cli/commands/a.ts",
    "src/index.ts:1: circle src/index.ts > src/tensor/inner.ts > src/index.ts",
    "src/index.ts:1: reaches past an index.ts to src/tensor/inner.ts",
    "src/nn/index.ts:2: must run in a browser, but imports node:fs",
    "src/nn/index.ts:3: folders in a circle: src/nn imports src/tensor and the reverse",
    "src/nn/index.ts:3: reaches past an index.ts to src/tensor/inner.ts",
    "src/run/index.ts:1: src/run must not import src/engine/index.ts",
    "src/run/other.ts:1: must not import from outside src outside.ts",
    "src/run/other.ts:2: does not find ./gone.ts",
    "src/tensor/index.ts:4: folders in a circle: src/tensor imports src/nn and the reverse",
    "src/tensor/index.ts:4: src/tensor must not import src/nn/index.ts",
    "src/tensor/index.ts:5: reaches past an index.ts to src/images/classes.ts",
    "src/tensor/index.ts:5: src/tensor must not import src/images/classes.ts",
    "src/tensor/inner.ts:1: a folder must not import src/index.ts",
  ]);
  expect(status).toBe(1);
});

it("lets the types of a types.ts go up, but no value of it", () => {
  const { faults } = check({
    "src/engine/types.ts": "export type E = 1;\nexport const limit = 1;",
    "src/tensor/index.ts": 'import type { E } from "../engine/types.ts";\nexport type { E };',
    "src/random/index.ts": 'import { limit } from "../engine/types.ts";\nexport { limit };',
  });
  expect(faults).toEqual(["src/random/index.ts:1: src/random must not import src/engine/types.ts"]);
});

it("finds circles of files when the program runs, but for those of the table", () => {
  const { faults } = check({
    "src/tensor/matmul.ts": 'import { r } from "./reduce.ts";\nexport const m = () => r;',
    "src/tensor/reduce.ts": 'import { m } from "./matmul.ts";\nexport const r = () => m;',
    "src/nn/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;',
    "src/nn/b.ts": '// nothing\nimport { c } from "./c.ts";\nexport const b = () => c;',
    "src/nn/c.ts": 'import { a } from "./a.ts";\nexport const c = () => a;',
    "src/nn/d.ts": 'import type { E } from "./e.ts";\nexport type D = E;',
    "src/nn/e.ts": 'import type { D } from "./d.ts";\nexport type E = D | 1;',
  });
  expect(faults).toEqual(["src/nn/a.ts:1: circle src/nn/a.ts > src/nn/b.ts > src/nn/c.ts > src/nn/a.ts"]);
});

it("finds folders side by side that import each other, at any depth", () => {
  const { faults } = check({
    "src/data/index.ts": 'export { a } from "./sets/a.ts";\nexport { d } from "./readers/d.ts";',
    "src/data/common.ts": "export const c = 1;",
    "src/data/sets/a.ts":
      'import { b } from "../readers/b.ts";\nimport { c } from "../common.ts";\nexport const a = b + c;',
    "src/data/sets/e.ts": "export const e = 1;",
    "src/data/readers/b.ts": "export const b = 1;",
    "src/data/readers/d.ts": 'export { e as d } from "../sets/e.ts";',
  });
  expect(faults).toEqual([
    "src/data/readers/d.ts:1: folders in a circle: src/data/readers imports src/data/sets and the reverse",
    "src/data/sets/a.ts:1: folders in a circle: src/data/sets imports src/data/readers and the reverse",
  ]);
});

it("counts files in a folder, the command line's share and the characters of a line", () => {
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`src/nn/f${index}.ts`, "export {};"]));
  const { notes } = check({
    ...many,
    "src/cli/main.ts": "export {};\nexport {};\nexport {};",
    "src/nn/f0.ts": `export {};\n// ${"long ".repeat(30)}`,
  });
  const found = notes.map((note) => note.replace(/^not yet held: /, ""));
  expect(found).toEqual([
    "src/nn has 17 files, above 16",
    "src/cli has 14.3 % of the lines, above 12.5 %",
    expect.stringContaining("src/nn/f0.ts:2"),
  ]);
});

it("fails for sizes too where the layout is strict", () => {
  const long = `// ${"long ".repeat(30)}`;
  const { status, faults, notes } = check(
    { "src/nn/a.ts": `export {};\n${long}`, "src/nn/b.ts": "export {};" },
    { strict: true, limits: { ...LAYOUT.limits, filesInFolder: 1 } },
  );
  expect(faults).toEqual(["src/nn has 2 files, above 1", "src/nn/a.ts:2: more than 120 characters"]);
  expect([status, notes]).toEqual([1, []]);
});

it("finds what is wrong in the table itself: imports of a folder below, debts that are paid", () => {
  const { nn, images } = LAYOUT.floors.model;
  const model = { nn: { imports: [...nn.imports, "images", "plots"] }, images };
  const { status, faults } = check(
    { "src/nn/index.ts": "export {};" },
    {
      floors: { ...LAYOUT.floors, model },
      debts: [
        ["nn", "plots"],
        ["images", "data"],
      ],
    },
  );
  expect(faults).toEqual([
    "layout.config.mjs: nn imports images, which does not stand above it",
    "layout.config.mjs: the debt [images data] is paid: remove it",
  ]);
  expect(status).toBe(1);
});

it("accepts what the table allows", () => {
  const { status, faults, notes } = check({
    "src/index.ts": 'export { t } from "./nn/index.ts";',
    "src/errors.ts": "export const x = 1;",
    "src/nn/index.ts": 'import { t } from "../tensor/index.ts";\nimport { own } from "./own.ts";\nexport { t, own };',
    "src/nn/own.ts": "export const own = 1;",
    "src/tensor/index.ts": "export const t = 1;",
    "src/evaluate/types.ts": "export type E = 1;",
    "src/distill/config.ts": "export const c = 1;",
    "src/engine/node/pool.ts": 'import "node:os";\nexport const p = 1;',
    "src/engine/worker.ts": 'import "node:os";\nexport const w = 1;',
    "src/run/index.ts":
      'import type { E } from "../evaluate/types.ts";\nimport { c } from "../distill/config.ts";\nimport { x } from "../errors.ts";\nexport { c, x, type E };',
    "src/cli/program.ts": 'export const { a } = await import("./commands/a.ts");',
    "src/cli/commands/a.ts": 'import "node:fs";\nexport const a = 1;',
    "src/cli/commands/index.ts": 'export { a } from "./a.ts";',
    "src/cli/main.ts": "export {};",
    "src/plots/index.ts": Array.from({ length: 30 }, () => "export {};").join("\n"),
  });
  expect([status, faults, notes]).toEqual([0, [], []]);
});

it("finds nothing wrong in this repository", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/check-layout.mjs"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
