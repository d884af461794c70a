// `datadam train`: one network trained on a whole set, the row that every distilled set is measured against.

import { architectureNames, NORMS } from "../../nn/index.ts";
import {
  choice,
  command,
  dataFlags,
  dataOptions,
  executionOptions,
  flag,
  logOption,
  planOption,
  value,
} from "../command.ts";
import { integer } from "../parse.ts";

export const trainCommand = command({
  name: "train",
  summary: "train one network on the whole set: the row to compare distilled sets with",
  options: {
    ...dataOptions,
    ...executionOptions,
    arch: value("<name>", `the network (default: convnet): ${architectureNames.join(", ")}`),
    norm: choice("<name>", "its normalisation (default: that of the architecture)", NORMS),
    width: value("<n>", "channels of its first block (default: that of the architecture)", integer(1)),
    depth: value("<n>", "blocks, of convnet and vit (default: by image size)", integer(1)),
    protocol: value("<name>", "whole (default), or one of those of `datadam evaluate`"),
    epochs: value("<n>", "instead of the protocol's", integer(1)),
    batch: value("<n>", "images a step, instead of the protocol's", integer(1)),
    zca: flag("whiten the images, as distillation does on CIFAR"),
    seed: value("<n>", "seed of every random draw (default: 0)", integer(0)),
    out: value("<dir>", "directory (default: runs/<dataset>-<arch>-<number>); the same command resumes it"),
    resume: value("<dir>", "resume a training that was stopped or killed"),
    checkpointEvery: value("<n>", "steps between checkpoints (default: about 60 s)", integer(1)),
    log: logOption,
    plan: planOption,
  },
  async run(flags, ui) {
    const { workers, device, log } = flags;
    const { arch, norm, width, depth, protocol, epochs, batch, zca, seed, out, resume, checkpointEvery } = flags;
    const { planTraining, resumeTraining, startTraining, printTrained } = await import("../jobs/training.ts");
    const where = { ...dataFlags(flags), workers, device, log };
    const what = { arch, norm, width, depth, protocol, epochs, batch, zca, seed, out, checkpointEvery };
    const all = { ...where, ...what };
    if (flags.plan) await planTraining(all, resume, ui);
    else printTrained(resume === undefined ? await startTraining(all, ui) : await resumeTraining(resume, all, ui), ui);
  },
});
