import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

function check(files: Record<string, string>): { status: number | null; faults: string[] } {
  const root = mkdtempSync(join(tmpdir(), "datadam-layers-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { status, stderr } = spawnSync(process.execPath, ["scripts/check-layers.mjs", root], { encoding: "utf8" });
  return { status, faults: stderr.split("\n").filter((line) => line.startsWith("src/")) };
}

it("names file and line of every forbidden import", () => {
  const { status, faults } = check({
    "src/nn/index.ts":
      '// a comment with import "node:fs"\nimport { readFileSync } from "node:fs";\nexport { x } from "../tensor/inner.ts";',
    "src/tensor/index.ts": 'import {\n  a,\n  b,\n} from "../nn/index.ts";\nconsole.log(a, b);',
    "src/run/index.ts": 'const late = await import("../engine/index.ts");',
    "src/attic/index.ts": "export const x = 1;",
    "src/cli/commands/b.ts": 'import { a } from "./a.ts";\nimport type { A } from "./a.ts";',
  });
  expect(status).toBe(1);
  expect(faults.sort()).toEqual([
    "src/attic/index.ts:1: src/attic is not in the layer table of scripts/check-layers.mjs",
    "src/cli/commands/b.ts:1: imports the command src/cli/commands/a.ts; what commands share stands beside them",
    "src/nn/index.ts:2: src/nn must run in a browser, but imports node:fs",
    "src/nn/index.ts:3: reaches past src/tensor/index.ts to src/tensor/inner.ts",
    "src/run/index.ts:1: src/run must not import src/engine",
    "src/tensor/index.ts:1: src/tensor must not import src/nn",
    "src/tensor/index.ts:5: console outside src/cli",
  ]);
});

it("accepts what the table allows", () => {
  const { status, faults } = check({
    "src/index.ts": 'export { a } from "./nn/index.ts";',
    "src/nn/index.ts": 'import { t } from "../tensor/index.ts";\nimport { own } from "./own.ts";\nexport { t, own };',
    "src/run/index.ts":
      'import type { E } from "../evaluate/types.ts";\nimport { c } from "../distill/config/index.ts";\nimport { x } from "../errors.ts";',
    "src/cli/program.ts": 'const { a } = await import("./commands/a.ts");',
    "src/cli/main.ts": 'import "node:fs";\nconsole.log(await import("../run/index.ts"));',
  });
  expect([status, faults]).toEqual([0, []]);
});

it("finds nothing wrong in this repository", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/check-layers.mjs"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
