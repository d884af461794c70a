// The script that plants faults: what it says of a fault that is caught, of one that survives, and of broken ones.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support-run.ts";

const ranks = {
  area: "ranks",
  what: "",
  file: "src/statistics/ranks.ts",
  tests: ["test/statistics/statistics.test.ts"],
};
const FIRST = "// Rank correlation with ties.";
const THROWS = { ...ranks, find: FIRST, replace: 'if (Date.now() > 0) throw new Error("planted");' };
const only = "rank correlations";

function plant(
  faults: readonly object[],
  ...words: string[]
): { code: number | null; lines: string[]; errors: string } {
  const file = join(temporaryFolder(), "faults.mjs");
  writeFileSync(file, `export const areas = ["ranks"];\nexport const faults = ${JSON.stringify(faults)};\n`);
  // Not what this runner tells its workers.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|TEST$)/.test(name)));
  const child = spawnSync(process.execPath, ["scripts/mutants.mjs", "--faults", file, ...words], {
    encoding: "utf8",
    env,
  });
  return { code: child.status, lines: child.stdout.split("\n"), errors: child.stderr };
}

it("plants each fault and says what became of it", { timeout: 600_000 }, () => {
  const faults = [
    {
      ...ranks,
      name: "wrong",
      find: "return ab / Math.sqrt(aa * bb);",
      replace: "return -ab / Math.sqrt(aa * bb);",
      only,
    },
    { ...ranks, name: "harmless", find: FIRST, replace: "// Rank correlation.", only },
    { ...ranks, name: "no-code", find: FIRST, replace: "const x: number = ;", only },
    { ...THROWS, name: "not-loaded", only },
    { ...THROWS, name: "may-not-load", only, mayNotLoad: true },
  ];
  const { code, lines, errors } = plant(faults);
  expect(errors).toBe("");
  const printed = faults.map(({ name }) => lines.find((line) => new RegExp(`^${name} +ranks`).test(line)));
  expect(printed).toEqual([
    expect.stringMatching(/caught +statistics\.test\.ts: rank correlations /),
    expect.stringMatching(/SURVIVED +test\/statistics\/statistics\.test\.ts/),
    expect.stringMatching(/ERROR +does not compile/),
    expect.stringMatching(/ERROR +statistics\.test\.ts did not load.*planted/),
    expect.stringMatching(/caught +statistics\.test\.ts did not load.*planted/),
  ]);
  expect(lines.at(-2)).toMatch(/^5 faults in \d+ s: 2 caught, 1 survived \(harmless\), 2 errors$/);
  expect(code).toBe(1);
});

it("refuses a list that does not fit the sources, and names that are not in it", () => {
  const faults = [
    { ...ranks, name: "twice", find: "return", replace: "return void" },
    { ...ranks, name: "gone", find: "no such line", replace: "" },
    { ...ranks, name: "moved", file: "src/ranks.ts", find: "a", replace: "b" },
    { ...ranks, name: "golden", find: FIRST, replace: "", tests: ["test/golden.test.ts"] },
    { ...ranks, name: "golden", find: FIRST, replace: FIRST },
    { ...ranks, name: "nowhere", find: FIRST, replace: "", area: "elsewhere" },
  ];
  const { code, errors } = plant(faults, "--list");
  expect(code).toBe(1);
  expect(errors.match(/^error: .*/gm)).toEqual([
    "error: golden: this name comes twice",
    "error: nowhere: unknown area elsewhere",
    "error: golden: golden bytes are no oracle",
    expect.stringMatching(/^error: twice: what it replaces occurs \d+ times in src\/statistics\/ranks\.ts, not once:/),
    "error: gone: what it replaces occurs 0 times in src/statistics/ranks.ts, not once:",
    "error: moved: there is no src/ranks.ts",
    "error: golden: it changes nothing",
  ]);
  expect(plant(faults.slice(0, 1), "--only", "thrice")).toMatchObject({
    code: 1,
    errors: 'error: there is no fault "thrice"; --list names all\n',
  });
});
