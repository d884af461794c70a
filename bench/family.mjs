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

const numbers = (list) => list.split(",").map(Number);
const families = flags.families.split(",");
const sizeOf = (family) => numbers(family.replace("x", ","));
/** The banks that rows need, each made once: names by seed, number of networks and of draws. */
const banks = new Set();

/** The bank that a family is the beginning of: of the most networks with as many draws. */
function bankOf(family, seed) {
  const [, draws] = sizeOf(family);
  const alike = families.filter((one) => one !== "fresh" && sizeOf(one)[1] === draws);
  const networks = Math.max(...alike.map((one) => sizeOf(one)[0]));
  const name = `bank-${images.replace(" ", "-")}-${networks}x${draws}-s${seed}`;
  if (!banks.has(name)) {
    const size = ["--networks", String(networks), "--draws", String(draws)];
    datadam(flags.work, ["bank", ...data, ...size, "--seed", String(seed), "--out", name]);
    banks.add(name);
  }
  return name;
}

/** Where a family's networks come from, in words of the command line. */
function sourceOf(family, seed) {
  if (family === "fresh") return data;
  const [networks, draws] = sizeOf(family);
  return ["--bank", bankOf(family, seed), "--networks", String(networks), "--draws", String(draws)];
}

/** Distils and evaluates what a row names. */
function measure({ family, ipc, iterations, seed }) {
  const settings = flags.set.map((one) => `-${one}`).join("");
  const run = `${images.replace(" ", "-")}-ipc${ipc}-${family}-${iterations}-s${seed}${settings}`;
  const size = ["--ipc", String(ipc), "--iterations", String(iterations), "--seed", String(seed)];
  datadam(flags.work, ["distill", ...sourceOf(family, seed), ...keys, ...size, "--out", run]);
  const evaluation = ["evaluate", run, "--protocol", flags.protocol, "--networks", flags.networks];
  const { distilled } = datadam(flags.work, [...evaluation, "--no-random"]);
  return {
    ...{ mean: Number(distilled.mean.toFixed(2)), std: Number(distilled.std.toFixed(2)) },
    ...{ accuracies: distilled.accuracies, epoch: "last" },
    hours: {
      set: Number((stepHours(join(flags.work, run)) ?? hoursOf(join(flags.work, run))).toFixed(3)),
      evaluation: Number((distilled.seconds / 3600).toFixed(3)),
    },
  };
}

const fixed = { settings: flags.set, images, protocol: flags.protocol };
const rows = numbers(flags.seeds)
  .flatMap((seed) => families.map((family) => ({ seed, family })))
  .flatMap((row) => numbers(flags.ipc).map((ipc) => ({ ...row, ipc })))
  .flatMap((row) => numbers(flags.iterations).map((iterations) => ({ ...row, iterations, ...fixed })));
for (const row of rows) {
  const same = (other) => Object.keys(row).every((key) => JSON.stringify(row[key]) === JSON.stringify(other[key]));
  if (record.rows.some(same)) continue;
  const measurement = measure(row);
  record.rows.push({ ...row, ...measurement });
  writeFileSync(flags.record, `${JSON.stringify(record, undefined, 2)}\n`);
  const { ipc, family, iterations, seed } = row;
  console.log(`IPC ${ipc}, ${family}, ${iterations} iterations, seed ${seed}: ${measurement.mean.toFixed(1)}`);
}
