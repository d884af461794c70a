// `datadam nas`: how well small sets rank architectures.

import { command, dataOptions, executionOptions, planOption, required, value } from "../../command.ts";
import { choices, fraction, integer, wordList } from "../../parse.ts";

export const options = {
  ...dataOptions,
  ...executionOptions,
  proxy: required(
    value(
      "<list>",
      "what architectures are trained on, with commas between: folders of runs, random, herding, k-center, k-means, " +
        "early-stopping, whole",
      wordList,
    ),
  ),
  out: required(value("<dir>", "folder for the results; further proxies and architectures may be added to it")),
  space: value("<name|file>", "convnet-720, or a .json file (default: convnet-720)"),
  subset: value("<axis=choices>", "only these choices, e.g. depth=1,3; repeatable", choices),
  maxMadds: value("<n>", "only architectures of at most so many million multiply-adds an image", integer(1)),
  sample: value("<n>", "so many architectures, drawn so that every choice has its share (default: all)", integer(1)),
  seed: value("<n>", "seed of every random draw (default: 0)", integer(0)),
  epochs: value("<n>", "epochs on a small set (default: 200)", integer(1)),
  batch: value("<n>", "images a step (default: 64)", integer(1)),
  ipc: value("<n>", "images a class of random and early-stopping (default: as the first run, else 10)", integer(1)),
  networks: value("<n>", "networks an architecture (default: 1)", integer(1)),
  halving: value(
    "<n>",
    "successive halving: 1/n of the architectures with n times the epochs, again and again",
    integer(2),
  ),
  validation: value("<share>", "share of the training images held out to rank by (default: 0.1)", fraction),
  validationImages: value("<n>", "at most so many of them in all, but one of each class", integer(1)),
  reference: value("<train|file>", "the ranking to compare with: train makes one, or the nas.json of another search"),
  referenceEpochs: value("<n>", "passes over the real images for it (default: 20)", integer(1)),
  referenceImages: value("<n>", "real images for it (default: all that are not held out)", integer(1)),
  retrainEpochs: value("<n>", "train what is selected on the whole set, so many passes (default: 0)", integer(0)),
  retrainImages: value("<n>", "real images for that (default: all)", integer(1)),
  top: value("<share>", "share of the reference ranking to compare apart (default: 0.2)", fraction),
  plan: planOption,
};

export const nasCommand = command({
  name: "nas",
  summary: "how well small sets rank architectures; the same command resumes",
  options,
  async run(flags, ui) {
    const { runNas } = await import("../../jobs/nas.ts");
    await runNas(flags, ui);
  },
});
