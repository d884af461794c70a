// `datadam bank`: makes a bank of networks with the statistics of the real images in each; and what is done with one.

import type { Command } from "commander";
import {
  choice,
  command,
  configurationOptions,
  dataFlags,
  dataOptions,
  executionOptions,
  planOption,
  required,
  value,
} from "../../command.ts";
import { classList, epochList, integer } from "../../parse.ts";

const BANK = ["<bank>", "folder of the bank"] as const;

const { method, preset, seed, checkpointEvery, set, config } = configurationOptions;

export const makeOptions = {
  ...dataOptions,
  ...executionOptions,
  ...{ method, preset, seed, set, config },
  networks: value("<n>", "networks in all (default: 64 random, 4 trained)", integer(1)),
  epochs: value("<n>", "epochs that networks are trained on the real images (default: 0, random)", integer(0)),
  snapshots: value(
    "<list>",
    "epochs after which a trained network is kept: all (0, 0.25, 0.5, 1, 2, ...; default), last, or e.g. 0,1,5",
    epochList,
  ),
  draws: value("<n>", "batches of real images with each network (default: 1)", integer(1)),
  images: value("<n>", "real images a class and draw (default: batchReal of the preset)", integer(1)),
  precision: choice("<name>", "of the statistics (default: float32)", ["float32", "float16"]),
  classes: value("<list>", "a shard: statistics of these classes only, e.g. 0-4,7", classList),
  protocol: value("<name>", "how networks are trained: encoder (default), or one of those of `datadam evaluate`"),
  out: value("<dir>", "folder of the bank (default: banks/<dataset>-<number>); the same command resumes it"),
  plan: planOption,
  checkpointEvery: { ...checkpointEvery, description: "steps of training between checkpoints (default: about 30 s)" },
};

export const bankCommand: Command = command({
  name: "bank",
  summary: "make a bank: networks with the statistics of the real images in each, to distil from",
  options: makeOptions,
  after: "\nMore networks, draws or quantities: the same command with other values adds them, in the same folder.",
  async run(flags, ui) {
    const { method, preset, seed, set, config, networks, draws, images: batchReal, workers, device } = flags;
    const { resolveSettings } = await import("../../settings.ts");
    const { bankJob, makeBank, planBank } = await import("../../jobs/banks/making.ts");
    const where = { ...dataFlags(flags), workers, device };
    const what = { method, preset, seed, set, config, networks, draws, batchReal };
    const settings = resolveSettings({ ...where, ...what }, process.env);
    const job = bankJob(settings, flags);
    await (flags.plan ? planBank(job, flags, ui) : makeBank(job, flags, ui));
  },
});

const info = command({
  name: "info",
  summary: "what a bank holds, and what one more network or draw would cost",
  argument: BANK,
  options: {},
  async run(_flags, ui, [bank]) {
    const { describeBank } = await import("../../jobs/banks/info.ts");
    await describeBank(bank!, ui);
  },
});

const merge = command({
  name: "merge",
  summary: "put shards of classes of a bank together",
  argument: ["<banks...>", "folders of the shards"],
  options: { out: required(value("<dir>", "folder of the whole bank")) },
  async run({ out }, ui, banks) {
    const { mergeShards } = await import("../../jobs/banks/making.ts");
    await mergeShards(banks, out, ui);
  },
});

for (const part of [info, merge]) bankCommand.addCommand(part);
