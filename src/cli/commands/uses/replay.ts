// `datadam replay`: a network learns a stream of classes, with a distilled set as its memory and without.

import { architectureNames, NORMS } from "../../../nn/index.ts";
import { choice, command, executionOptions, imageOptions, required, value } from "../../command.ts";
import { classList, integer, positive, share } from "../../parse.ts";

export const options = {
  ...imageOptions,
  ...executionOptions,
  set: required(value("<run>", "the distilled set that the memory holds at first")),
  stream: required(value("<name|path>", "the images that come, class after class: a data set of the same classes")),
  out: value("<dir>", "folder for the results: the same command resumes after each network (default: none is kept)"),
  classes: value("<list>", "only these classes come, e.g. 5-9; the test has all", classList),
  blur: value("<share>", "how far the borders of classes blur, in lengths of a class (default: 0)", share),
  capacity: value("<n>", "images of the memory (default: as many as the set has)", integer(1)),
  batch: value("<n>", "images of the stream a step, and as many of the memory (default: 32)", integer(1)),
  lr: value("<rate>", "learning rate (default: 0.01)", positive),
  points: value("<n>", "how often the network is tested (default: 5)", integer(1)),
  networks: value("<n>", "fresh networks (default: 1)", integer(1)),
  arch: value("<name>", `the network (default: as in distillation): ${architectureNames.join(", ")}`),
  norm: choice("<name>", "its normalisation (default: as in distillation)", NORMS),
  seed: value("<n>", "seed of every random draw (default: 0)", integer(0)),
};

export const replayCommand = command({
  name: "replay",
  summary: "train a network on a stream of classes, with a distilled set as its memory and without",
  options,
  async run(flags, ui) {
    const { runReplay } = await import("../../jobs/replay.ts");
    await runReplay(flags, ui);
  },
});
