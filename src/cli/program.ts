// The table of commands. Nothing heavy is imported before a command runs, so that help comes at once.

import { Command, CommanderError, Option } from "commander";
import { METHOD_NAMES } from "../distill/config/names.ts";
import { version } from "../lab/node/versions.ts";
import { architectureNames, NORMS } from "../nn/index.ts";
import { shown } from "./command.ts";
import * as commands from "./commands/index.ts";
import { reportFailure } from "./fail.ts";
import { withData, withExecution, withImages } from "./options.ts";
import {
  assignment,
  choices,
  classList,
  EXIT,
  fraction,
  integer,
  integerList,
  nameList,
  positive,
  share,
  wordList,
} from "./parse.ts";
import { type CommonFlags, createUi, type Ui } from "./ui.ts";

/** What help shows first, in this order: the rest follows by name. */
const FIRST = ["distill", "ablate", "table", "select", "evaluate", "train", "merge", "export", "run"];
const ARCHITECTURES = architectureNames.join(", ");
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
    program.addCommand(command.copyInheritedSettings(program));
  };
  const start = <Flags extends CommonFlags>(flags: Flags): Ui => {
    shown.verbose = flags.verbose ?? false;
    return createUi(flags);
  };

  for (const command of inOrder(Object.values(commands))) include(command);

  withExecution(
    withData(
      add(
        "continual",
        "classes that come one after the other, and what a memory keeps; the same command goes on after a kill",
      ),
    ),
  )
    .requiredOption(
      "--method <list>",
      `how classes are remembered, with commas between: ${METHOD_NAMES.join(", ")}, random, herding, k-center, k-means`,
      wordList,
    )
    .requiredOption("--out <dir>", "folder for the results; further methods may be added to it")
    .option("--steps <n>", "steps that the classes come in (default: 5)", integer(1))
    .option("--memory <n>", "images of each class (default: 20)", integer(1))
    .option("--memory-total <n>", "images of all classes together, instead", integer(1))
    .option("--orders <n>", "random orders of the classes (default: 5)", integer(1))
    .option("--networks <n>", "networks an order and step (default: 3)", integer(1))
    .option("--protocol <name>", "how they are trained: quick, dm or official (default: quick)")
    .option("--epochs <n>", "epochs of the protocol (default: its own)", integer(1))
    .option("--classes <list>", "these classes only, e.g. 0-19", classList)
    .option("--blur <share>", "no steps: a stream whose classes blur so far, with --method balanced,reservoir", share)
    .option("--seed <n>", "seed of every random draw (default: 0)", integer(0))
    .option("--preset <name>", "of distillation: paper, official or quick (default: paper; quick for the built-in set)")
    .option("--set <key=value>", "any configuration key of distillation and networks; repeatable", assignment)
    .option("--config <file>", "configuration keys as a JSON file")
    .action(async (flags) => {
      const ui = start(flags);
      const { continualCommand } = await import("./commands/continual.ts");
      await continualCommand(flags, ui);
    });

  withExecution(
    withImages(add("replay", "train a network on a stream of classes, with a distilled set as its memory and without")),
  )
    .requiredOption("--set <run>", "the distilled set that the memory holds at first")
    .requiredOption("--stream <name|path>", "the images that come, class after class: a data set of the same classes")
    .option("--classes <list>", "only these classes come, e.g. 5-9; the test has all", classList)
    .option("--blur <share>", "how far the borders of classes blur, in lengths of a class (default: 0)", share)
    .option("--capacity <n>", "images of the memory (default: as many as the set has)", integer(1))
    .option("--batch <n>", "images of the stream a step, and as many of the memory (default: 32)", integer(1))
    .option("--lr <rate>", "learning rate (default: 0.01)", positive)
    .option("--points <n>", "how often the network is tested (default: 5)", integer(1))
    .option("--networks <n>", "fresh networks (default: 1)", integer(1))
    .option("--arch <name>", `the network (default: as in distillation): ${ARCHITECTURES}`)
    .addOption(new Option("--norm <name>", "its normalisation (default: as in distillation)").choices(NORMS))
    .option("--seed <n>", "seed of every random draw (default: 0)", integer(0))
    .action(async (flags) => {
      const ui = start(flags);
      const { replayCommand } = await import("./commands/replay.ts");
      await replayCommand(flags, ui);
    });

  withExecution(withData(add("nas", "how well small sets rank architectures; the same command goes on after a kill")))
    .requiredOption(
      "--proxy <list>",
      "what architectures are trained on: folders of runs, random, herding, k-center, k-means, early-stopping, whole; with commas between",
      wordList,
    )
    .requiredOption("--out <dir>", "folder for the results; further proxies and architectures may be added to it")
    .option("--space <name|file>", "convnet-720, or a .json file (default: convnet-720)")
    .option("--subset <axis=choices>", "only these choices, e.g. depth=1,3; repeatable", choices)
    .option("--max-madds <n>", "only architectures of at most so many million multiply-adds an image", integer(1))
    .option(
      "--sample <n>",
      "so many architectures, drawn so that every choice has its share (default: all)",
      integer(1),
    )
    .option("--seed <n>", "seed of every random draw (default: 0)", integer(0))
    .option("--epochs <n>", "epochs on a small set (default: 200)", integer(1))
    .option("--batch <n>", "images a step (default: 64)", integer(1))
    .option("--ipc <n>", "images a class of random and early-stopping (default: as the first run, else 10)", integer(1))
    .option("--networks <n>", "networks an architecture (default: 1)", integer(1))
    .option(
      "--halving <n>",
      "successive halving: 1/n of the architectures with n times the epochs, again and again",
      integer(2),
    )
    .option("--validation <share>", "share of the training images held out to rank by (default: 0.1)", fraction)
    .option("--validation-images <n>", "at most so many of them", integer(1))
    .option(
      "--reference <train|file>",
      "the ranking to compare with: train makes one, or the nas.json of another search",
    )
    .option("--reference-epochs <n>", "passes over the real images for it (default: 20)", integer(1))
    .option("--reference-images <n>", "real images for it (default: all that are not held out)", integer(1))
    .option("--retrain-epochs <n>", "train what is selected on the whole set, so many passes (default: 0)", integer(0))
    .option("--retrain-images <n>", "real images for that (default: all)", integer(1))
    .option("--top <share>", "share of the reference ranking to compare apart (default: 0.2)", fraction)
    .action(async (flags) => {
      const ui = start(flags);
      const { nasCommand } = await import("./commands/nas.ts");
      await nasCommand(flags, ui);
    });

  const data = program.command("data").description("data sets: which there are, where they lie, what is in one");
  add("list", "the data sets that are known by name, and where they lie", data).action(async (flags) => {
    const ui = start(flags);
    const { listCommand } = await import("./commands/data.ts");
    listCommand(ui);
  });
  add("add", "check a named data set and remember where it lies", data)
    .argument("<name>", "e.g. cifar10")
    .argument("[path]", "its folder or archive; with --download, where to put it")
    .option(
      "--download",
      "fetch the published archive first: shows what and how much, asks, goes on where it was cut off, checks the MD5",
    )
    .option("--yes", "do not ask")
    .action(async (name, path, flags) => {
      const ui = start(flags);
      const { addCommand } = await import("./commands/data.ts");
      await addCommand(name, path, flags, ui);
    });
  const reading = (command: Command): Command =>
    withImages(command.argument("<set>", "a known name, or a path as for --dataset"));
  reading(add("info", "classes, balance, channel statistics, duplicates", data)).action(async (set, flags) => {
    const ui = start(flags);
    const { infoCommand } = await import("./commands/data.ts");
    await infoCommand(set, flags, ui);
  });
  reading(add("preview", "a picture of the first images, a row a class", data))
    .requiredOption("--out <file>", "the PNG to write")
    .option("--per-class <n>", "images of each class (default: 10)", integer(1))
    .addOption(new Option("--part <name>", "which part (default: train)").choices(["train", "test"]))
    .action(async (set, flags) => {
      const ui = start(flags);
      const { previewCommand } = await import("./commands/data.ts");
      await previewCommand(set, flags, ui);
    });

  withExecution(
    add("bench", "what a step of each method costs: seconds and peak memory, on random images of CIFAR-10's size"),
  )
    .option("--method <names>", `methods (default: ${METHOD_NAMES.join(",")})`, nameList(METHOD_NAMES))
    .option("--ipc <list>", "images per class (default: 1,10,50)", integerList(1))
    .option("--repeats <n>", "steps that are timed, after one that warms up (default: 3)", integer(1))
    .option(
      "--set <key=value>",
      "any configuration key, of the network for one, on top of each method's preset; repeatable",
      assignment,
    )
    .option("--out <file>", "write the result there as JSON too")
    .addOption(new Option("--measure <case>", "one case, in this process").hideHelp())
    .action(async (flags) => {
      const ui = start(flags);
      const { benchCommand } = await import("./commands/bench.ts");
      await benchCommand(flags, ui);
    });

  add("doctor", "what is here, what is missing, and why").action(async (flags) => {
    const ui = start(flags);
    const { doctorCommand } = await import("./commands/doctor.ts");
    await doctorCommand(flags, ui);
  });

  add("keys", "list the configuration keys").action(async (flags) => {
    const ui = start(flags);
    const { keysCommand } = await import("./commands/keys.ts");
    keysCommand(ui);
  });

  return program;
}

function inOrder(commands: readonly Command[]): Command[] {
  const place = (command: Command): number => {
    const at = FIRST.indexOf(command.name());
    return at < 0 ? FIRST.length : at;
  };
  return [...commands].sort((a, b) => place(a) - place(b) || (a.name() < b.name() ? -1 : 1));
}
