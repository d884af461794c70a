// `datadam continual`: classes come one after the other, a memory stays, fresh networks learn from it.

import { METHOD_NAMES } from "../../../distill/config/names.ts";
import { command, dataOptions, executionOptions, planOption, required, value } from "../../command.ts";
import { assignment, classList, integer, share, wordList } from "../../parse.ts";

export const options = {
  ...dataOptions,
  ...executionOptions,
  method: required(
    value(
      "<list>",
      `how classes are remembered, with commas between: ${METHOD_NAMES.join(", ")}, random, herding, k-center, k-means`,
      wordList,
    ),
  ),
  out: required(value("<dir>", "folder for the results; further methods may be added to it")),
  steps: value("<n>", "steps that the classes come in (default: 5)", integer(1)),
  memory: value("<n>", "images of each class (default: 20)", integer(1)),
  memoryTotal: value("<n>", "images of all classes together, instead", integer(1)),
  orders: value("<n>", "random orders of the classes (default: 5)", integer(1)),
  networks: value("<n>", "networks an order and step (default: 3)", integer(1)),
  protocol: value("<name>", "how they are trained: quick (default), or another one of `datadam evaluate`"),
  epochs: value("<n>", "epochs of the protocol (default: its own)", integer(1)),
  classes: value("<list>", "these classes only, e.g. 0-19", classList),
  encoderEpochs: value(
    "<n>",
    "train networks at each step, so many epochs, on its images and on what is remembered; datadam and dm match in " +
      "them (default: random networks)",
    integer(1),
  ),
  encoderNetworks: value("<n>", "such networks a step (default: 2)", integer(1)),
  blur: value("<share>", "no steps: a stream whose classes blur so far, with --method balanced,reservoir", share),
  seed: value("<n>", "seed of every random draw (default: 0)", integer(0)),
  preset: value("<name>", "of distillation: paper, official or quick (default: paper; quick for the built-in set)"),
  set: value("<key=value>", "any configuration key of distillation and networks; repeatable", assignment),
  config: value("<file>", "configuration keys as a JSON file"),
  plan: planOption,
};

export const continualCommand = command({
  name: "continual",
  summary: "classes that come one after the other, and what a memory keeps; the same command resumes",
  options,
  async run(flags, ui) {
    const { runContinual } = await import("../../jobs/continual.ts");
    await runContinual(flags, ui);
  },
});
