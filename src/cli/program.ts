// The table of commands. Nothing heavy is imported before a command runs, so that help comes at once.

import { Command, CommanderError } from "commander";
import { version } from "../lab/node/versions.ts";
import { shown } from "./command.ts";
import { ablateCommand } from "./commands/ablate.ts";
import { benchCommand } from "./commands/bench.ts";
import { continualCommand } from "./commands/continual.ts";
import { dataCommand } from "./commands/data.ts";
import { demoCommand } from "./commands/demo.ts";
import { distillCommand } from "./commands/distill.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { keysCommand } from "./commands/keys.ts";
import { mergeCommand } from "./commands/merge.ts";
import { nasCommand } from "./commands/nas.ts";
import { replayCommand } from "./commands/replay.ts";
import { runCommand } from "./commands/run.ts";
import { selectCommand } from "./commands/select.ts";
import { tableCommand } from "./commands/table.ts";
import { trainCommand } from "./commands/train.ts";
import { reportFailure } from "./fail.ts";
import { EXIT } from "./parse.ts";

/** All commands, as help shows them. */
const COMMANDS: readonly Command[] = [
  ...[distillCommand, ablateCommand, tableCommand, selectCommand, evaluateCommand, trainCommand],
  ...[mergeCommand, exportCommand, runCommand, continualCommand, replayCommand, nasCommand],
  ...[dataCommand, benchCommand, doctorCommand, keysCommand, demoCommand],
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
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(`${text.trimEnd()}\n`) })
    .showHelpAfterError("hint: add --help to see what there is")
    .addHelpText("after", EXAMPLES);
  for (const command of COMMANDS) {
    for (const own of [command, ...command.commands]) own.copyInheritedSettings(program);
    program.addCommand(command);
  }
  return program;
}
