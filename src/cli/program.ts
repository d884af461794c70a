// The table of commands. Nothing heavy is imported before a command runs, so that help comes at once.

import { Command, CommanderError } from "commander";
import { version } from "../lab/node/versions.ts";
import { shown } from "./command.ts";
import * as commands from "./commands/index.ts";
import { errorJson, reportFailure } from "./fail.ts";
import { EXIT } from "./parse.ts";
import { palette } from "./shell/colour.ts";
import { message } from "./shell/text.ts";

/** What help shows first, in this order: the rest follows by name. */
const FIRST = [
  "distill",
  "ablate",
  "table",
  "select",
  "evaluate",
  "train",
  "merge",
  "export",
  "run",
  "plan",
  "continual",
];

const EXAMPLES = `
Examples:
  datadam distill
  datadam distill --dataset cifar10 --data-dir DIR --ipc 10 --iterations 1000 --out runs/c10
  datadam evaluate runs/c10 --networks 5
  datadam distill --help

Exit codes: 0 done, 1 failure, 2 wrong usage, 75 stopped by SIGTERM or SIGHUP after a checkpoint, 130 stopped by
Ctrl-C.`;

/** Runs the command line. Returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const end = words.indexOf("--");
  const json = words.slice(0, end < 0 ? words.length : end).includes("--json");
  const writeJson = json ? (text: string): void => void process.stdout.write(text) : undefined;
  try {
    await createProgram().parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      const message = error.message.replace(/^error: /, "");
      if (!error.code.startsWith("commander.help")) writeJson?.(errorJson({ code: "INVALID_OPTION", message }));
      return EXIT.usage;
    }
    const write = (text: string): void => void process.stderr.write(text);
    return reportFailure(error, { verbose: shown.verbose, write, writeJson, colours: palette(process.stderr) });
  }
}

/** The commands, for `main` and for the generated page of docs. */
export function createProgram(): Command {
  const program = new Command("datadam")
    .description("Compress a labelled image data set into a few synthetic images per class (DataDAM).")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .exitOverride()
    // What stands after the name of a subcommand is the subcommand's, where the command has options of that name.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ styleTitle: palette({}, { FORCE_COLOR: "1" }).title })
    .configureOutput({
      // Help is our own text, in our own colours; only errors have words of the user's.
      // The suggestion has a line of its own, which is no word of the user's.
      outputError(text, write) {
        const told = message(text.trimEnd()).replace(/\n {2}(?=\(Did you mean [^\n]+\)$)/, "\n");
        write(`${told.replace(/^error:/, palette(process.stderr).error)}\n`);
      },
    })
    .showHelpAfterError("hint: add --help to see what there is")
    .addHelpText("after", EXAMPLES);
  for (const command of inOrder(Object.values(commands))) {
    for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
    program.addCommand(command);
  }
  return program;
}

function inOrder(all: readonly Command[]): Command[] {
  const place = (command: Command): number => {
    const at = FIRST.indexOf(command.name());
    return at < 0 ? FIRST.length : at;
  };
  return [...all].sort((a, b) => place(a) - place(b) || (a.name() < b.name() ? -1 : 1));
}
