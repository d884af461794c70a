// The table of commands. Nothing heavy is imported before a command runs, so that help comes at once.

import { Command, CommanderError } from "commander";
import { version } from "../lab/node/versions.ts";
import { shown } from "./command.ts";
import * as commands from "./commands/index.ts";
import { reportFailure } from "./fail.ts";
import { EXIT } from "./parse.ts";
import { message, plain } from "./text/text.ts";

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

Exit codes: 0 done, 1 failure, 2 wrong usage, 75 stopped by SIGTERM after a checkpoint, 130 stopped by Ctrl-C.`;

/** Runs the command line. Returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(error, { verbose: shown.verbose, write: (text) => void process.stderr.write(text) });
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
    .configureOutput({
      writeOut: (text) => void process.stdout.write(plain(text)),
      writeErr: (text) => void process.stderr.write(plain(text)),
      // The suggestion has a line of its own, which is no word of the user's.
      outputError: (text, write) =>
        write(`${message(text.trimEnd()).replace(/\n {2}(?=\(Did you mean [^\n]+\)$)/, "\n")}\n`),
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
