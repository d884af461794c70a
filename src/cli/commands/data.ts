// `datadam data ...`: which data sets there are, and what is in one.

import { Command } from "commander";
import { choice, command, flag, imageOptions, value } from "../command.ts";
import { integer } from "../parse.ts";

const SET = ["<set>", "a known name, or a path as for --dataset"] as const;

export const addOptions = {
  download: flag(
    "fetch the published archive first: shows what and how much, asks, resumes where it was cut off, checks the MD5",
  ),
  yes: flag("do not ask"),
};

export const previewOptions = {
  ...imageOptions,
  out: value("<file>", "the PNG to write (default: preview-<set>.png)"),
  perClass: value("<n>", "images of each class (default: 10)", integer(1)),
  part: choice("<name>", "which part (default: train)", ["train", "test"]),
};

const list = command({
  name: "list",
  summary: "the data sets that are known by name, and where they lie",
  options: {},
  async run(_flags, ui) {
    const { listSets } = await import("../jobs/data.ts");
    listSets(ui);
  },
});

const add = command({
  name: "add",
  summary: "check a named data set and remember where it lies",
  argument: ["<name>", "e.g. cifar10"],
  second: ["[path]", "its folder or archive; with --download, where to put it"],
  options: addOptions,
  examples: [
    ["datadam data add cifar10 ~/data/cifar-10-batches-bin", "what is there already"],
    ["datadam data add cifar10 --download", "fetches it, after asking"],
  ],
  async run(flags, ui, [name, path]) {
    const { addNamed } = await import("../jobs/data.ts");
    await addNamed(name!, path, flags, ui);
  },
});

const info = command({
  name: "info",
  summary: "classes, balance, channel statistics, duplicates",
  argument: SET,
  options: imageOptions,
  async run(flags, ui, [set]) {
    const { describeSet } = await import("../jobs/data.ts");
    await describeSet(set!, flags, ui);
  },
});

const preview = command({
  name: "preview",
  summary: "a picture of the first images, a row a class",
  argument: SET,
  options: previewOptions,
  examples: [["datadam data preview ./my-images --per-class 5", "writes preview-my-images.png"]],
  async run(flags, ui, [set]) {
    const { previewSet } = await import("../jobs/data.ts");
    await previewSet(set!, flags, ui);
  },
});

const verify = command({
  name: "verify",
  summary: "read the whole cache of decoded images and whitening; what is damaged is removed, to be made anew",
  options: {},
  async run(_flags, ui) {
    const { verifyAll } = await import("../jobs/data.ts");
    await verifyAll(ui);
  },
});

export const dataCommand: Command = new Command("data").description(
  "data sets: which there are, where they lie, what is in one",
);
for (const part of [list, add, info, preview, verify]) dataCommand.addCommand(part);
