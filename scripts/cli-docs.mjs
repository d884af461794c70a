// Writes docs/reference/cli.md from the table of commands and the configuration schema.
// --check fails where it is out of date.
// Needs `npm run build`.
import { readFileSync, writeFileSync } from "node:fs";
import { createProgram } from "../dist/cli/program.js";
import { configKeys, presets } from "../dist/distill/config/index.js";

const target = new URL("../docs/reference/cli.md", import.meta.url);
const cell = (text) => String(text).replaceAll("|", "\\|");
const lines = ["# Command line", "", "Made by `node scripts/cli-docs.mjs` from the sources: change those.", ""];

const leaves = (command) => (command.commands.length === 0 ? [command] : command.commands.flatMap(leaves));
const path = (command) => (command.parent === null ? "datadam" : `${path(command.parent)} ${command.name()}`);
for (const command of leaves(createProgram())) {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  lines.push(`## ${[path(command), ...words].join(" ")}`, "", `${sentence(command.description())}`, "");
  lines.push("| option | meaning |", "|---|---|");
  for (const { flags, description, argChoices, hidden } of command.options) {
    if (hidden) continue;
    const choices = argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
    lines.push(`| \`${cell(flags)}\` | ${cell(description + choices)} |`);
  }
  lines.push("");
}

lines.push("## Configuration keys", "");
lines.push(
  "Set by `--set key=value`, a JSON file (`--config`) or the environment (`DATADAM_BATCH_REAL` for `batchReal`).",
  "",
);
lines.push("Flag > environment > file > preset > default.", "");
const names = Object.keys(presets);
lines.push(`| key | default | ${names.join(" | ")} | meaning |`, `|---|---|${names.map(() => "---|").join("")}---|`);
for (const { key, description, default: value } of configKeys()) {
  const columns = names.map((name) => cell(presets[name][key] ?? ""));
  lines.push(`| \`${key}\` | ${cell(value)} | ${columns.join(" | ")} | ${cell(description)} |`);
}
lines.push("", "## Exit codes", "", "| code | meaning |", "|---|---|");
for (const [code, meaning] of [
  [0, "done"],
  [1, "failure: one line `error:`, often one `hint:`; `--verbose` adds the stack"],
  [2, "wrong usage: an option, a configuration value"],
  [75, "stopped by SIGTERM after a checkpoint: try again with `--resume`"],
  [130, "stopped by Ctrl-C after a checkpoint"],
]) {
  lines.push(`| ${code} | ${meaning} |`);
}

const text = `${lines.join("\n")}\n`;
if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("docs/reference/cli.md is out of date: npm run build && node scripts/cli-docs.mjs");
  process.exitCode = 1;
}

function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}
