// Does a finite family of networks cost accuracy? Distillations from banks of several sizes, and with fresh networks,
// compared on training images that were held out: a committed record.
//
//   node bench/family.mjs --data-dir DIR [--ipc 1] [--families 16x1,64x1,256x1,64x4,fresh] [--iterations 1000]
//     [--seeds 0,1] [--set key=value]... [--networks 3] [--protocol dm] [--final] [--work runs/family]
//
// A family is NETWORKSxDRAWS. With `--final` all training images are distilled and the test images are looked at. Adds
// its rows to records/family.json, and leaves out those that are there; a distillation that was stopped goes on.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { datadam, hoursOf, machine, stepHours } from "./commands.mjs";

const { values: flags } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    ipc: { type: "string", default: "1" },
    families: { type: "string", default: "16x1,64x1,256x1,64x4,fresh" },
    iterations: { type: "string", default: "1000" },
    seeds: { type: "string", default: "0,1" },
    set: { type: "string", multiple: true, default: [] },
    networks: { type: "string", default: "3" },
    protocol: { type: "string", default: "dm" },
    final: { type: "boolean", default: false },
    work: { type: "string", default: "runs/family" },
    record: { type: "string", default: "records/family.json" },
  },
});
mkdirSync(flags.work, { recursive: true });

const images = flags.final ? "test" : "held out";
const data = [
  ...["--dataset", "cifar10"],
  ...(flags["data-dir"] === undefined ? [] : ["--data-dir", flags["data-dir"]]),
  ...(flags.final ? [] : ["--hold-out", "500"]),
];
const keys = flags.set.flatMap((assignment) => ["--set", assignment]);
const record = existsSync(flags.record) ? JSON.parse(readFileSync(flags.record, "utf8")) : { machine, rows: [] };

/** The smallest bank that has a family; a smaller one is the beginning of it. */
function bankOf(networks, draws, seed) {
  const largest = draws === 1 ? Math.max(...sizes.filter(([, all]) => all === 1).map(([count]) => count)) : networks;
  const name = `bank-${images.replace(" ", "-")}-${largest}x${draws}-s${seed}`;
  const size = ["--networks", String(largest), "--draws", String(draws)];
  datadam(flags.work, ["bank", ...data, ...size, "--seed", String(seed), "--out", name]);
  return name;
}

const sizes = flags.families.split(",").flatMap((one) => (one === "fresh" ? [] : [one.split("x").map(Number)]));
for (const seed of flags.seeds.split(",").map(Number)) {
  for (const family of flags.families.split(",")) {
    for (const ipc of flags.ipc.split(",").map(Number)) {
      for (const iterations of flags.iterations.split(",").map(Number)) {
        const row = { family, ipc, iterations, seed, settings: flags.set, images, protocol: flags.protocol };
        const same = (other) =>
          Object.keys(row).every((key) => JSON.stringify(row[key]) === JSON.stringify(other[key]));
        if (record.rows.some(same)) continue;
        const settings = flags.set.map((one) => `-${one}`).join("");
        const run = `${images.replace(" ", "-")}-ipc${ipc}-${family}-${iterations}-s${seed}${settings}`;
        const [networks, draws] = family.split("x").map(Number);
        const source =
          family === "fresh"
            ? data
            : ["--bank", bankOf(networks, draws, seed), "--networks", String(networks), "--draws", String(draws)];
        const size = ["--ipc", String(ipc), "--iterations", String(iterations), "--seed", String(seed)];
        datadam(flags.work, ["distill", ...source, ...keys, ...size, "--out", run]);
        const evaluation = ["evaluate", run, "--protocol", flags.protocol, "--networks", flags.networks];
        const { distilled } = datadam(flags.work, [...evaluation, "--no-random"]);
        const { mean, std, accuracies } = distilled;
        record.rows.push({
          ...row,
          ...{ mean: Number(mean.toFixed(2)), std: Number(std.toFixed(2)), accuracies, epoch: "last" },
          hours: {
            set: Number((stepHours(join(flags.work, run)) ?? hoursOf(join(flags.work, run))).toFixed(3)),
            evaluation: Number((distilled.seconds / 3600).toFixed(3)),
          },
        });
        writeFileSync(flags.record, `${JSON.stringify(record, undefined, 2)}\n`);
        console.log(`IPC ${ipc}, ${family}, ${iterations} iterations, seed ${seed}: ${mean.toFixed(1)}`);
      }
    }
  }
}
