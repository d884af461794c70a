// The table of commands. Nothing heavy is imported before a command runs, so that help comes at once.

import { Command, CommanderError, Option } from "commander";
import { version } from "../lab/node/versions.ts";
import { architectures } from "../nn/architectures.ts";
import { NORMS } from "../nn/names.ts";
import { SELECT_METHODS } from "../select/names.ts";
import { shown } from "./command.ts";
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
import { reportFailure } from "./fail.ts";
import { withConfiguration, withData, withExecution } from "./options.ts";
import { assignment, classList, EXIT, integer, names, variation } from "./parse.ts";
import { type CommonFlags, createUi, type Ui } from "./ui.ts";

const ARCHITECTURES = Object.keys(architectures).join(", ");
const EXIT_TABLE = `
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
    .addHelpText(
      "after",
      `\nExamples:\n  datadam distill\n  datadam distill --dataset cifar10 --data-dir DIR --ipc 10 --iterations 1000 --out runs/c10\n  datadam evaluate runs/c10 --networks 5\n${EXIT_TABLE}`,
    );

  const add = (name: string, summary: string, parent: Command = program): Command =>
    parent
      .command(name)
      .description(summary)
      .addOption(
        new Option("--progress <mode>", "progress on stderr (default: auto)").choices(["auto", "tty", "plain", "json"]),
      )
      .option("--quiet", "no progress, only warnings and errors")
      .option("--verbose", "stack traces with errors")
      .option("--json", "results as JSON on stdout");
  const include = (command: Command): void => {
    for (const own of [command, ...command.commands]) own.copyInheritedSettings(program);
    program.addCommand(command);
  };
  const start = <Flags extends CommonFlags>(flags: Flags): Ui => {
    shown.verbose = flags.verbose ?? false;
    return createUi(flags);
  };

  include(distillCommand);

  withConfiguration(
    withExecution(
      withData(add("ablate", "distil and evaluate every combination of configuration values, and print the table")),
    ),
  )
    .requiredOption("--out <dir>", "folder of the runs, one a combination, and of the table; again: goes on")
    .requiredOption("--vary <key=values>", "a key and its values, e.g. power=1,2,4; repeatable", variation)
    .option("--networks <n>", "fresh networks to train on each set (default: 3)", integer(1))
    .option("--protocol <name>", "of the evaluation: quick, dm or official (default: quick)")
    .addOption(new Option("--format <name>", "of the table (default: markdown)").choices(["markdown", "csv", "json"]))
    .action(async (flags) => {
      const ui = start(flags);
      const { ablateCommand } = await import("./commands/ablate.ts");
      await ablateCommand(flags, ui);
    });

  withExecution(add("table", "run what is missing of a table of methods and settings, and print it; again: goes on"))
    .argument("<file>", "JSON file of rows, columns, seeds and networks (docs/guide/comparing-methods.md)")
    .option("--data-dir <dir>", "where the named data sets are (default: where `datadam data add` said)")
    .addOption(new Option("--format <name>", "of the table (default: markdown)").choices(["markdown", "csv", "json"]))
    .option("--only <row>", "this row only; repeatable", names)
    .option("--column <name>", "this column only; repeatable", names)
    .option("--compare <a,b>", "the difference of two rows, paired over seeds and networks; repeatable", names)
    .option("--plot <file.svg>", "draw the table too")
    .option("--records <dir>", "folder of the records (default: FILE without .json, and .records)")
    .option("--work <dir>", "folder of the sets and of what is half done (default: runs/table-NAME)")
    .option("--dry-run", "say what would be run, and run nothing")
    .option("--no-run", "print what is recorded, and run nothing")
    .action(async (file, flags) => {
      const ui = start(flags);
      const { tableCommand } = await import("./commands/table.ts");
      await tableCommand(file, flags, ui);
    });

  withExecution(
    withData(add("select", "choose real images of each class: a coreset, in the format of a distilled set")),
  )
    .addOption(new Option("--method <name>", "how they are chosen").choices(SELECT_METHODS).makeOptionMandatory())
    .option("--ipc <n>", "images per class", integer(1))
    .addOption(
      new Option(
        "--features <name>",
        "what is compared: prepared pixels, or the last features of a network, random or of --parameters, with what --set says of it (default: convnet)",
      ).choices(["pixels", ...Object.keys(architectures)]),
    )
    .option(
      "--parameters <file>",
      "a trained network's state_dict, safetensors or .pt; of datadam train, it says itself of which network",
    )
    .option("--epochs <n>", "of training, for forgetting (default: 10)", integer(1))
    .option("--seed <n>", "seed of every random draw", integer(0))
    .option("--out <dir>", "run directory (default: sets/<dataset>-<method>-ipc<n>-<number>)")
    .option("--classes <list>", "a shard: these classes only, e.g. 0-4,7", classList)
    .option("--preset <name>", "paper, official or quick: whitening, and the networks of a later evaluation")
    .option("--set <key=value>", "any configuration key; repeatable", assignment)
    .option("--config <file>", "configuration keys as a JSON file")
    .action(async (flags) => {
      const ui = start(flags);
      const { selectCommand } = await import("./commands/select.ts");
      await selectCommand(flags, ui);
    });

  include(evaluateCommand);

  withExecution(withData(add("train", "train one network on the whole set: the row to compare distilled sets with")))
    .option("--arch <name>", `the network (default: convnet): ${ARCHITECTURES}`)
    .addOption(new Option("--norm <name>", "its normalisation (default: that of the architecture)").choices(NORMS))
    .option("--width <n>", "channels of its first block (default: that of the architecture)", integer(1))
    .option("--depth <n>", "blocks, of convnet and vit (default: by image size)", integer(1))
    .option("--protocol <name>", "whole (default), or one of those of `datadam evaluate`")
    .option("--epochs <n>", "instead of the protocol's", integer(1))
    .option("--batch <n>", "images a step, instead of the protocol's", integer(1))
    .option("--zca", "whiten the images, as distillation does on CIFAR")
    .option("--seed <n>", "seed of every random draw (default: 0)", integer(0))
    .option("--out <dir>", "directory (default: runs/<dataset>-<arch>-<number>)")
    .option("--resume <dir>", "go on with a training that was stopped or killed")
    .option("--checkpoint-every <n>", "steps between checkpoints (default: about 60 s)", integer(1))
    .action(async (flags) => {
      const ui = start(flags);
      const { trainCommand } = await import("./commands/train.ts");
      await trainCommand(flags, ui);
    });

  include(mergeCommand);
  include(exportCommand);
  include(runCommand);

  include(continualCommand);
  include(replayCommand);
  include(nasCommand);
  include(dataCommand);
  include(benchCommand);
  include(doctorCommand);
  include(keysCommand);
  include(demoCommand);

  return program;
}
