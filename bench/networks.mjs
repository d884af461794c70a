// Times one training step of each network, ours (Trainer, two workers) against PyTorch (reference.py), alternately,
// each in a process of its own.
//
//   node bench/networks.mjs [--out FILE] [--repeats N] [--only resnet18]... [--threads N] [--wait passive|active]
//
// Work: batch 64 of 32 px RGB images in memory, 10 classes, full width, instance norm where the network has it, SGD
// with momentum and weight decay, no augmentation. Medians in seconds; ratio = reference / ours. As for bench.mjs:
// `kept` is PyTorch with an allocator that keeps its memory, `busy` how many cores other processes took.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cell, chosen, circumstances, countOf, fail, measure, torchVersion } from "./sides.mjs";

/** Steps in a row that are measured as one: the quick ones are too short alone. */
const STEPS = { convnet: 2, alexnet: 1, vgg11: 1, resnet18: 1, resnet10: 1, lenet: 50, mlp: 200, vit: 1 };

const { values: flags } = parseArgs({
  options: {
    out: { type: "string" },
    repeats: { type: "string", default: "7" },
    only: { type: "string", multiple: true, default: Object.keys(STEPS) },
    threads: { type: "string", default: "2" },
    wait: { type: "string", default: "passive" },
  },
});
if (!["passive", "active"].includes(flags.wait)) fail(`--wait must be passive or active, got ${flags.wait}`);
const repeats = countOf(flags.repeats);
const names = chosen(flags.only, Object.keys(STEPS));
const torch = torchVersion();
const sizes = { batch: 64, classes: 10 };
const options = Object.entries({ threads: flags.threads, ...sizes }).flatMap(([name, value]) => [
  `--${name}`,
  String(value),
]);
const reference = torch === undefined ? undefined : [`--wait=${flags.wait}`];

const report = {
  command: ["node bench/networks.mjs", ...process.argv.slice(2)].join(" "),
  ...circumstances(torch),
  threads: Number(flags.threads),
  wait: flags.wait,
  repeats,
  sizes,
  networks: {},
};
const heads = ["ours", "PyTorch", "ratio", "kept", "ratio", "CPU ratio", "ours", "PyTorch", "others"];
console.log(["network".padEnd(11), ...heads.map((head) => head.padStart(11))].join(""));
for (const name of names) {
  const result = await measure(name, `train ${name} ${STEPS[name]}`, { options, reference, repeats });
  report.networks[name] = result;
  const { ours, reference: theirs, ratio, kept, cpu, memoryMb, busy } = result;
  const cells = [cell(ours, " s", 4), cell(theirs, " s", 4), cell(ratio, "x")];
  cells.push(cell(kept?.reference, " s", 4), cell(kept?.ratio, "x"), cell(cpu.ratio, "x"));
  cells.push(cell(memoryMb.ours, " MB", 0), cell(memoryMb.reference, " MB", 0));
  cells.push(cell(Math.max(busy.ours, busy.reference ?? 0), "", 1));
  console.log(`${name.padEnd(11)}${cells.join("")}`);
}
if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(report, null, 2)}\n`);
