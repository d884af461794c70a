// Writes docs/reference/cli.md from the table of commands, and docs/reference/configuration.md from the schema.
// --check fails where one is out of date. Needs `npm run build`.
import { readFileSync, writeFileSync } from "node:fs";
import { createProgram } from "../dist/cli/program.js";
import { configKeys, jsonSchema, presets } from "../dist/distill/config/index.js";

const MADE = "Made by `node scripts/cli-docs.mjs` from the sources: change those.";
const EXIT_CODES = [
  [0, "done"],
  [1, "failure: one line `error:`, often one `hint:`; `--verbose` adds the stack"],
  [2, "wrong usage: an option, a configuration value"],
  [75, "stopped by SIGTERM or SIGHUP after a checkpoint: try again with `--resume`"],
  [130, "stopped by Ctrl-C after a checkpoint"],
];

const TERMINAL = [
  "Colours and the bar are for terminals. `NO_COLOR` turns colours off, `FORCE_COLOR` on (`FORCE_COLOR=0` off).",
  "",
  'Under `--json` a failure is a line on stdout too: `{"error": {"code", "message", "hint"}}`. Codes are those of the',
  "[API](api.md#errors), `FAILED` for any other, and `STOPPED` after a signal.",
  "",
  "Variables of the environment give settings (`DATADAM_BATCH_REAL` for `batchReal`). One that nothing reads is warned of.",
  "`datadam completion bash|zsh|fish` prints a script that completes words; it asks the program each time.",
];

const check = process.argv.includes("--check");
for (const [page, lines] of [
  ["docs/reference/cli.md", commandLine()],
  ["docs/reference/configuration.md", configuration()],
]) {
  const target = new URL(`../${page}`, import.meta.url);
  const text = `${lines.join("\n")}\n`;
  if (!check) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    console.error(`${page} is out of date: npm run build && node scripts/cli-docs.mjs`);
    process.exitCode = 1;
  }
}

/** Every command with its arguments and options. What all of them take stands once, at the top. */
function commandLine() {
  const commands = leaves(createProgram());
  const common = options(commands[0]).filter((row) => commands.every((command) => options(command).includes(row)));
  const lines = ["# Command line", "", MADE, ""];
  lines.push("[Configuration keys](configuration.md) have a page of their own.", "");
  lines.push("## Options of every command", "", ...optionTable(common));
  for (const command of commands) {
    lines.push(`## ${[path(command), ...command.registeredArguments.map(word)].join(" ")}`, "");
    lines.push(sentence(command.description()), "");
    const rows = options(command).filter((row) => !common.includes(row));
    if (rows.length > 0) lines.push(...optionTable(rows));
  }
  lines.push("## The terminal", "", ...TERMINAL, "");
  lines.push("## Exit codes", "", "| code | meaning |", "|---|---|");
  return [...lines, ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`)];
}

/** Every key with its values and default, and what each preset changes. */
function configuration() {
  const lines = ["# Configuration keys", "", MADE, ""];
  lines.push(
    "Set a key by `--set key=value`, in a JSON file (`--config`), or in the environment (`DATADAM_BATCH_REAL` for",
    "`batchReal`). Flag > environment > file > preset > default: the first that has a value wins.",
    "[Choosing settings](../guide/settings.md) says which of them matter.",
    "",
    "`auto` is resolved against the data set when a run begins. The run's `record.json` has the values.",
    "",
    "## Keys",
    "",
    "| key | values | default | meaning |",
    "|---|---|---|---|",
  );
  const properties = propertiesOf(jsonSchema());
  for (const { key, description, default: value } of configKeys()) {
    lines.push(`| \`${key}\` | ${cell(valuesOf(properties[key]))} | ${cell(value)} | ${cell(description)} |`);
  }
  const names = Object.keys(presets);
  lines.push("", "## Presets", "", "An empty cell is the default.", "");
  lines.push(`| key | ${names.map((name) => `\`${name}\``).join(" | ")} |`, `|---|${"---|".repeat(names.length)}`);
  for (const { key } of configKeys()) {
    const values = names.map((name) => presets[name][key]);
    if (values.every((value) => value === undefined)) continue;
    lines.push(`| \`${key}\` | ${values.map((value) => cell(value ?? "")).join(" | ")} |`);
  }
  return lines;
}

/** All commands that do something: those without subcommands, and those with options beside them. */
function leaves(command) {
  const own = command.commands.length === 0 || (command.parent !== null && command.options.length > 0);
  return [...(own ? [command] : []), ...command.commands.flatMap(leaves)];
}

function path(command) {
  return command.parent === null ? "datadam" : `${path(command.parent)} ${command.name()}`;
}

function word(argument) {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** A row of the table for each option that is shown. */
function options(command) {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, description, argChoices }) => {
      const choices = argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
      return `| \`${cell(flags)}\` | ${cell(description + choices)} |`;
    });
}

function optionTable(rows) {
  return ["| option | meaning |", "|---|---|", ...rows, ""];
}

/** Of a schema, or of all its branches. */
function propertiesOf(schema) {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return Object.assign({}, ...branches.map(propertiesOf), schema.properties);
}

/** What a value may be, in words. */
function valuesOf(schema) {
  if (schema === undefined) return "";
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.join(", ");
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return branches.map(valuesOf).join(", or ");
  if (schema.type === "boolean") return "true, false";
  if (schema.type === "array") return `list of: ${valuesOf(schema.items)}`;
  if (schema.type === "string") return "text";
  return schema.type === "integer" ? `whole number${rangeOf(schema, 1)}` : `number${rangeOf(schema)}`;
}

/** @param step between a bound that does not belong to the range and the first value that does, where there is one. */
function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }, step) {
  const least = minimum ?? (step === undefined || exclusiveMinimum === undefined ? undefined : exclusiveMinimum + step);
  const limits = [
    least !== undefined ? `from ${least}` : exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ].filter(Boolean);
  return limits.length === 0 ? "" : ` ${limits.join(" ")}`;
}

function cell(text) {
  return String(text).replaceAll("|", "\\|");
}

function sentence(text) {
  const whole = text.endsWith(".") ? text : `${text}.`;
  return whole[0].toUpperCase() + whole.slice(1);
}
