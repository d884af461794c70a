// A folder of pictures by nothing but defaults: distilled, and evaluated beside random, k-means and all images. Its
// pictures are the training images of the first classes of TinyImageNet. The same command resumes.
//
//   unzip -q tiny-imagenet-200.zip "tiny-imagenet-200/train/*"
//   node bench/folder.mjs --train tiny-imagenet-200/train [--classes 10] [--work runs/folder]
//
// Writes records/folder.json: accuracies, minutes and MB of both commands.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bankHours, commandOf, machine, measured, stepHours } from "./commands.mjs";

const RUN = "run";
const { values: flags } = parseArgs({
  options: {
    train: { type: "string" },
    classes: { type: "string", default: "10" },
    work: { type: "string", default: "runs/folder" },
  },
});
if (flags.train === undefined)
  throw new Error("usage: node bench/folder.mjs --train tiny-imagenet-200/train [options]");
mkdirSync(flags.work, { recursive: true });
const folder = join(flags.work, "pictures");
if (!existsSync(folder)) makeFolder(flags.train, Number(flags.classes));

const distilling = await measured(["distill", "--dataset", "pictures", "--out", RUN], flags.work);
const evaluating = await measured(["evaluate", RUN, "--whole"], flags.work);
const { distilled, random, chosen, whole } = evaluating.result;
const { config, dataset } = JSON.parse(readFileSync(join(flags.work, RUN, "record.json"), "utf8"));
const accuracyOf = ({ mean, std, accuracies }) => ({ mean, std, accuracies });
const minutes = (hours) => Number((60 * hours).toFixed(1));
const record = {
  classes: dataset.classNames.length,
  images: dataset.count,
  shape: dataset.shape,
  ipc: config.ipc,
  iterations: config.iterations,
  rows: Object.fromEntries(
    Object.entries({ random, chosen, distilled, whole }).map(([name, row]) => [name, accuracyOf(row)]),
  ),
  protocol: distilled.protocol.name,
  minutes: {
    bank: minutes(bankHours(flags.work, RUN)),
    distill: minutes(stepHours(join(flags.work, RUN))),
    evaluate: Number((evaluating.seconds / 60).toFixed(1)),
  },
  megabytes: { distill: distilling.megabytes, evaluate: evaluating.megabytes },
  command: commandOf("folder.mjs", { [flags.train]: "tiny-imagenet-200/train", [flags.work]: "runs/folder" }),
  machine,
};
const file = fileURLToPath(new URL("../records/folder.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
process.stdout.write(`${JSON.stringify(record.rows)}\n`);

/** The first classes as a folder of class folders. */
function makeFolder(train, count) {
  const making = `${folder}.partial`;
  for (const name of readdirSync(train).sort().slice(0, count)) {
    cpSync(join(train, name, "images"), join(making, name), { recursive: true });
  }
  renameSync(making, folder);
}
