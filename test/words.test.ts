// The words of messages: options of the API below the command line, and plain English everywhere.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "../src");

/** Comments, then the three kinds of string literals. */
const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)/g;

/** String literals of a source, comments left out. */
function literals(source: string): string[] {
  return [...source.matchAll(TOKENS)].flatMap(([, literal]) => (literal === undefined ? [] : [literal]));
}

/** `file: literal` for each string literal under `src` that matches. */
function offenders(pattern: RegExp, wanted: (file: string) => boolean): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.filter(wanted).flatMap((file) =>
    literals(readFileSync(join(SOURCES, file), "utf8"))
      .filter((literal) => pattern.test(literal))
      .map((literal) => `${file}: ${literal}`),
  );
}

const FLAG = /(^|[\s"'`(])--[a-z]/;
const COMMAND =
  /(^|[\s"'`(])datadam (ablate|bench|continual|data|distill|evaluate|export|merge|nas|replay|run|select|table|train)\b/;

/** Literals outside `src/cli` that name a flag, and why they may. */
const ALLOWED: readonly [file: string, part: string][] = [
  // A command line of another program, not of this one.
  ["engine/backends.ts", "--onnxruntime-node-install=cuda12"],
  ["cluster/slurm.ts", "squeue --noheader"],
  // Custom properties of a style sheet.
  ["plots/plot.ts", "var(--"],
  ["pages/report/images.ts", "--each:"],
  ["pages/report/answers.ts", "--v:"],
];

describe("the words of messages", () => {
  it("are those of the API outside src/cli: no flags, no commands", () => {
    const library = (file: string): boolean => !file.startsWith("cli/");
    const found = [...offenders(FLAG, library), ...offenders(COMMAND, library)];
    const allowed = (line: string): boolean =>
      ALLOWED.some(([file, part]) => line.startsWith(`${file}: `) && line.includes(part));
    expect(found.filter((line) => !allowed(line))).toEqual([]);
  });

  it("are plain English", () => {
    const dialect =
      /\bdear\b|in the room of|\bis no (run|state_dict)\b|told and left|Say it once|somebody else than|go(es)? on with|tells? \d* ?classes apart|that is said of/i;
    expect(offenders(dialect, () => true)).toEqual([]);
  });

  it("are found in every kind of literal, and not in comments", () => {
    const source = "a(\"x --out\"); // --no 'x --no'\nb('--in'); /* \"--no\" */ c(`y --on d`);";
    expect(literals(source).filter((literal) => FLAG.test(literal))).toEqual(['"x --out"', "'--in'", "`y --on d`"]);
  });
});
