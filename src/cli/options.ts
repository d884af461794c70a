// Options that several commands have.

import { type Command, Option } from "commander";
import { METHOD_NAMES, PRESET_NAMES } from "../distill/config/names.ts";
import { assignment, channelCount, fraction, integer } from "./parse.ts";

export function withData(command: Command): Command {
  return withImages(
    command.option(
      "--dataset <name|path>",
      "a known name (see `datadam data list`), a folder, zip or tar of class folders, a .csv of path,label, an .npz, WebDataset shards, or .parquet files (default: builtin)",
    ),
  );
}

function withImages(command: Command): Command {
  return command
    .option(
      "--data-dir <dir>",
      "where a named data set is: its archive or its folder (default: where `datadam data add` said)",
    )
    .addOption(
      new Option("--labels <kind>", "cifar100: its 100 fine classes (default) or its 20 coarse ones").choices([
        "fine",
        "coarse",
      ]),
    )
    .option("--size <px>", "resize and crop images to this size", integer(1))
    .addOption(new Option("--channels <n>", "1 for grey, 3 for colour").argParser(channelCount))
    .option("--split <share>", "share of each class for training where there is no test part, e.g. 0.8", fraction)
    .addOption(
      new Option(
        "--store <where>",
        "where decoded images are kept (default: auto, in memory up to 1 GiB, else in the cache on the disk)",
      ).choices(["memory", "disk", "auto"]),
    )
    .addOption(
      new Option("--corrupt <what>", "image files that cannot be decoded (default: fail)").choices(["fail", "skip"]),
    );
}

export function withExecution(command: Command): Command {
  return command
    .option("--workers <n>", "worker threads (default: one per core)", integer(1))
    .addOption(new Option("--device <name>", "what computes (default: cpu)").choices(["cpu", "webgpu", "cuda"]));
}

export function withConfiguration(command: Command): Command {
  return command
    .addOption(new Option("--method <name>", "what is matched (default: datadam)").choices(METHOD_NAMES))
    .option(
      "--preset <name>",
      `${PRESET_NAMES.join(", ")} (default: the method's first, paper for datadam; quick for the built-in set)`,
    )
    .option("--ipc <n>", "synthetic images per class", integer(1))
    .option("--iterations <n>", "distillation steps", integer(0))
    .option("--seed <n>", "seed of every random draw", integer(0))
    .option("--checkpoint-every <n>", "iterations between checkpoints (default: about 30 s)", integer(1))
    .option("--set <key=value>", "any configuration key; repeatable", assignment)
    .option("--config <file>", "configuration keys as a JSON file");
}
