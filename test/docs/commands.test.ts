// Commands of the documentation: each names a command that exists, with options that it has.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
];

/** The words after `datadam` of each command in the shell blocks of a page. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```$/gm)].map(([, block]) => block!);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, " ").split("\n"));
  return lines.flatMap((line) => {
    const [, words] = /(?:^|npx |exec npx )datadam (.*)$/.exec(line.replace(/\s# .*/, "")) ?? [];
    return words === undefined ? [] : [words.trim().split(/\s+/)];
  });
}

/** What is unknown in the words of a command; undefined where nothing is. */
function faultOf(words: readonly string[]): string | undefined {
  let command: Command = createProgram();
  let at = 0;
  while (command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words[at]);
    // A command with subcommands may have options of its own.
    if (next === undefined && at > 0 && words[at]?.startsWith("--")) break;
    if (next === undefined) return `no command ${words.slice(0, at + 1).join(" ")}`;
    command = next;
    at++;
  }
  const known = new Set(command.options.map(({ long }) => long));
  const unknown = words.slice(at).find((word) => word.startsWith("--") && !known.has(word));
  return unknown && `${command.name()} has no option ${unknown}`;
}

it("are commands that exist, with options that they have", () => {
  const commands = pages.flatMap((page) => commandsOf(page).map((words) => ({ page, words })));
  expect(commands.length).toBeGreaterThan(50);
  const faults = commands.flatMap(({ page, words }) => {
    const fault = faultOf(words);
    return fault === undefined ? [] : [`${page}: ${words.join(" ")}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

it("would be found out if they had an option that does not exist", () => {
  expect(faultOf(["distill", "--no-such-option"])).toBe("distill has no option --no-such-option");
  expect(faultOf(["data", "nothing"])).toBe("no command data nothing");
});
